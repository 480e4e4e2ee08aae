// Network namespaces and packet capture, for the lab and the doctor.
#ifndef CLINUX_NETNS_H
#define CLINUX_NETNS_H

#include <stddef.h>
#include <sys/types.h>

// setns needs _GNU_SOURCE. Moves the calling thread into the network namespace that `fd` refers to.
// Returns 0, or -1 with errno.
int hb_enter_network_namespace(int fd);

// unshare needs _GNU_SOURCE. Gives the calling thread a network namespace of its own, which goes with
// it. Needs CAP_SYS_ADMIN. 0, or -1 with errno.
int hb_new_network_namespace(void);

// The Glibc module has no sockaddr_ll. A non-blocking, close-on-exec packet socket that receives the
// frames of one EtherType (host byte order) that arrive at one interface of the calling thread's
// namespace. -1 with errno.
int hb_packet_listener(const char *interface, unsigned short ether_type);

#endif
