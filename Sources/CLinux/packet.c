#define _GNU_SOURCE
#include "clinux_packet.h"
#include "clinux_relay.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
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

// Where frames come from or go to. The EtherType is in host byte order.
static struct sockaddr_ll place(unsigned int interface_index, unsigned short ether_type) {
    return (struct sockaddr_ll){
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ether_type),
        .sll_ifindex = (int)interface_index,
    };
}

// A packet socket for what comes in at one interface; a `count` of 0 is no filter. -1 with errno.
static int listen_at(int type, struct sockaddr_ll address, const struct sock_filter *steps,
                     unsigned short count) {
    // Protocol 0 until filter and interface are set: nothing else must come into its queue.
    int fd = socket(AF_PACKET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    int yes = 1;
    // What this host sends comes to none but sockets for every EtherType, and there before Linux
    // 4.20 in spite of this; it is told by its sender.
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
    if ((count == 0 || hb_packet_filter(fd, steps, count) == 0) &&
        bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

ssize_t hb_packet_send(int fd, unsigned int interface_index, const void *frame, size_t length) {
    struct sockaddr_ll address = place(interface_index, 0);
    // The protocol is the frame's own EtherType, as a receiver on this host would see it.
    if (length >= 14) memcpy(&address.sll_protocol, (const char *)frame + 12, 2);
    return sendto(fd, frame, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
                  sizeof address);
}

int hb_packet_filter(int fd, const struct sock_filter *steps, unsigned short count) {
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)steps};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int hb_packet_watch(unsigned int interface_index, const struct sock_filter *steps,
                    unsigned short count) {
    return listen_at(SOCK_RAW, place(interface_index, ETH_P_ALL), steps, count);
}

int hb_packet_listener(const char *interface, unsigned short ether_type) {
    unsigned int index = if_nametoindex(interface);
    return index == 0 ? -1 : listen_at(SOCK_RAW, place(index, ether_type), NULL, 0);
}

int hb_packet_join(int fd, unsigned int interface_index, const uint8_t *group) {
    struct packet_mreq request;
    memset(&request, 0, sizeof request);
    request.mr_ifindex = (int)interface_index;
    request.mr_type = PACKET_MR_MULTICAST;
    request.mr_alen = 6;
    memcpy(request.mr_address, group, 6);
    return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request);
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

int hb_frame_socket(unsigned int interface_index, unsigned short ether_type,
                    const struct sock_filter *steps, unsigned short count) {
    if (count == 0) return socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return listen_at(SOCK_DGRAM, place(interface_index, ether_type), steps, count);
}

ssize_t hb_frame_send(int fd, unsigned int interface_index, unsigned short ether_type,
                      const unsigned char *mac, const void *bytes, size_t length) {
    struct sockaddr_ll address = place(interface_index, ether_type);
    address.sll_halen = 6;
    memcpy(address.sll_addr, mac, 6);
    HB_RESULT(ssize_t, sendto(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL,
                              (struct sockaddr *)&address, sizeof address))
}

ssize_t hb_frame_receive(int fd, void *bytes, size_t length, unsigned char *mac) {
    struct sockaddr_ll address = {.sll_family = AF_PACKET};
    socklen_t size = sizeof address;
    ssize_t result;
    do result = recvfrom(fd, bytes, length, MSG_DONTWAIT, (struct sockaddr *)&address, &size);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    memcpy(mac, address.sll_addr, 6);
    return result;
}
