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

int hb_packet_filter(int fd, const struct sock_filter *steps, unsigned short count) {
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)steps};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static int bind_to(int fd, unsigned int interface_index) {
    struct sockaddr_ll address;
    memset(&address, 0, sizeof address);
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = (int)interface_index;
    return bind(fd, (struct sockaddr *)&address, sizeof address);
}

int hb_packet_watch(unsigned int interface_index, const struct sock_filter *steps,
                    unsigned short count) {
    int fd = hb_packet_socket();
    if (fd < 0) return -1;
    int yes = 1;
    // Before Linux 4.20 the own frames come in too; they are told by their sender.
    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
    if (hb_packet_filter(fd, steps, count) == 0 && bind_to(fd, interface_index) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
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
    // Protocol 0 until filter and interface are set: nothing else must come into its queue.
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (count == 0) return fd;
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ether_type),
        .sll_ifindex = (int)interface_index,
    };
    if (hb_packet_filter(fd, steps, count) < 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

ssize_t hb_frame_send(int fd, unsigned int interface_index, unsigned short ether_type,
                      const unsigned char *mac, const void *bytes, size_t length) {
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ether_type),
        .sll_ifindex = (int)interface_index,
        .sll_halen = 6,
    };
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
