// What tests need of the kernel that the Glibc module does not show: namespaces and capabilities of
// one thread, a socket that sees every frame of an interface, and the stop of one thread of another
// process.
#ifndef CNETWORKTESTSUPPORT_H
#define CNETWORKTESTSUPPORT_H

#include <stdbool.h>
#include <stdint.h>

// Moves the calling thread into a new, empty network namespace. Returns a descriptor of the one it
// was in, or -1 with errno.
int hbtest_enter_new_network(void);
// Moves the calling thread back and closes the descriptor. 0, or -1 with errno.
int hbtest_return_to_network(int fd);

// Switches the effective capability of the calling thread off or on again (the permitted one
// stays). Numbers of linux/capability.h. 0, or -1 with errno.
int hbtest_set_capability(int capability, bool is_effective);
enum { HBTEST_CAP_NET_ADMIN = 12, HBTEST_CAP_NET_RAW = 13 };

// A packet socket that receives what arrives at this interface. Close it with close(2). -1 with
// errno.
int hbtest_open_capture(const char *interface_name);

// Stops one thread of another process, as a debugger would, while its other threads go on; signals
// stop all of them. 0, or -1 with errno. All three belong to one thread of the caller.
int hbtest_stop_thread(int thread);
// Lets it go on. 0, or -1 with errno.
int hbtest_release_thread(int thread);
// Whether a stopped thread has died (it was killed), which the kernel tells its stopper first. 1, 0
// or -1 with errno.
int hbtest_thread_has_died(int thread);

#endif
