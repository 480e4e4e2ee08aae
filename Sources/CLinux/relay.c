#define _GNU_SOURCE
#include "clinux_relay.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>

// SPLICE_F_NONBLOCK covers the pipe only: a socket at either end must be O_NONBLOCK itself, or the
// call parks its thread.
ssize_t hb_splice(int from, int to, size_t count) {
    HB_RESULT(ssize_t, splice(from, 0, to, 0, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK))
}

int hb_accept(int fd, struct sockaddr *address, socklen_t *length) {
    HB_RESULT(int, accept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC))
}

int hb_pipe_resize(int fd, int bytes) {
    HB_RESULT(int, fcntl(fd, F_SETPIPE_SZ, bytes))
}

int hb_reset_on_close(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    HB_RESULT(int, setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger))
}

// Without IP_TRANSPARENT the kernel sends nothing from an address that is no longer this host's.
void hb_send_from_lost_address(int fd) {
    int on = 1;
    if (setsockopt(fd, IPPROTO_IP, IP_TRANSPARENT, &on, sizeof on) != 0)
        setsockopt(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &on, sizeof on);
}

void hb_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
