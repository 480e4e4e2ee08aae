// Packet sockets.
#ifndef CLINUX_PACKET_H
#define CLINUX_PACKET_H

#include <stddef.h>
#include <sys/types.h>

// The Glibc module has neither sockaddr_ll nor AF_PACKET's constants. The socket is non-blocking,
// close-on-exec and bound to no protocol: it sends and receives nothing. -1 with errno.
int hb_packet_socket(void);
// Sends one whole Ethernet frame. Returns its length, or -1 with errno.
ssize_t hb_packet_send(int fd, unsigned int interface_index, const void *frame, size_t length);

// Whether frames of an interface begin with an Ethernet header: 1, 0, or -1 with errno.
int hb_interface_is_ethernet(const char *name);

#endif
