#define _GNU_SOURCE
#include "clinux_packet.h"
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>

int hb_packet_socket(void) {
    return socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

ssize_t hb_packet_send(int fd, unsigned int interface_index, const void *frame, size_t length) {
    struct sockaddr_ll address;
    memset(&address, 0, sizeof address);
    address.sll_family = AF_PACKET;
    address.sll_ifindex = (int)interface_index;
    // The protocol is the frame's own EtherType, as a receiver on this host would see it.
    if (length >= 14) memcpy(&address.sll_protocol, (const char *)frame + 12, 2);
    return sendto(fd, frame, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
                  sizeof address);
}
