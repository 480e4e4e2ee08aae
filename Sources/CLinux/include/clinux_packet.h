// Packet sockets.
#ifndef CLINUX_PACKET_H
#define CLINUX_PACKET_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The Glibc module has neither sockaddr_ll nor AF_PACKET's constants. The socket is non-blocking,
// close-on-exec and bound to no protocol: it sends and receives nothing. -1 with errno.
int hb_packet_socket(void);
// Sends one whole Ethernet frame. Returns its length, or -1 with errno.
ssize_t hb_packet_send(int fd, unsigned int interface_index, const void *frame, size_t length);

// A non-blocking, close-on-exec packet socket for what comes in at one interface, before any other
// part of the kernel has seen it, as far as the classic BPF program lets it through. What this host
// sends is not seen. -1 with errno.
int hb_packet_watch(unsigned int interface_index, const struct sock_filter *steps,
                    unsigned short count);
// The same for all frames of one EtherType (host byte order) at an interface of the calling
// thread's namespace. -1 with errno.
int hb_packet_listener(const char *interface, unsigned short ether_type);
// Puts another program in the place of the first. 0, or -1 with errno.
int hb_packet_filter(int fd, const struct sock_filter *steps, unsigned short count);
// Lets frames to a group's hardware address (6 bytes) in, as long as the socket is open. 0, or -1
// with errno.
int hb_packet_join(int fd, unsigned int interface_index, const uint8_t *group);

// Whether frames of an interface begin with an Ethernet header: 1, 0, or -1 with errno.
int hb_interface_is_ethernet(const char *name);

// Frames of one EtherType (host byte order) at one interface, without their Ethernet header; with
// `count` 0 it only sends. A descriptor, or -1 with errno.
int hb_frame_socket(unsigned int interface_index, unsigned short ether_type,
                    const struct sock_filter *steps, unsigned short count);
// Never waits; the kernel makes the header, with the interface's own address of that moment. A
// length, or the negated errno. `mac` has 6 bytes.
ssize_t hb_frame_send(int fd, unsigned int interface_index, unsigned short ether_type,
                      const unsigned char *mac, const void *bytes, size_t length);
ssize_t hb_frame_receive(int fd, void *bytes, size_t length, unsigned char *mac);

#endif
