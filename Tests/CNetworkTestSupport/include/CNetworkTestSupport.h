// What tests need of the kernel that the Glibc module does not show: namespaces and capabilities of
// one thread, and a socket that sees every frame of an interface.
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

#endif
