#define _GNU_SOURCE
#include "clinux_control.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static int fill(struct sockaddr_un *address, const char *path) {
    size_t length = strlen(path);
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (length >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address->sun_path, path, length);
    return 0;
}

int hb_unix_bind(int fd, const char *path) {
    struct sockaddr_un address;
    if (fill(&address, path) < 0) return -1;
    return bind(fd, (struct sockaddr *)&address, sizeof address);
}

int hb_unix_connect(int fd, const char *path) {
    struct sockaddr_un address;
    if (fill(&address, path) < 0) return -1;
    return connect(fd, (struct sockaddr *)&address, sizeof address);
}

ssize_t hb_unix_send_to(int fd, const char *path, const void *data, size_t length) {
    struct sockaddr_un address;
    if (fill(&address, path) < 0) return -1;
    return sendto(
        fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
}

pid_t hb_unix_peer_pid(int fd) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
    return peer.pid;
}

int hb_terminal_rows(int fd) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return 0;
    return size.ws_row;
}
