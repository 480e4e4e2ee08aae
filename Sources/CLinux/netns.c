#define _GNU_SOURCE
#include "clinux_netns.h"
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

int hb_enter_network_namespace(int fd) { return setns(fd, CLONE_NEWNET); }

int hb_new_network_namespace(void) { return unshare(CLONE_NEWNET); }

int hb_packet_listener(const char *interface, unsigned short ether_type) {
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ether_type),
        .sll_ifindex = (int)if_nametoindex(interface),
    };
    if (address.sll_ifindex == 0) return -1;
    // Protocol 0 until it is bound: it must not see frames of other interfaces in between.
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}
