#define _GNU_SOURCE
#include "clinux_packet.h"
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

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

int hb_interface_is_ethernet(const char *name) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int result = ioctl(fd, SIOCGIFHWADDR, &request);
    close(fd);
    if (result < 0) return -1;
    unsigned short type = request.ifr_hwaddr.sa_family;
    return type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK;
}
