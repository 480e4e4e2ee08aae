#define _GNU_SOURCE
#include "clinux_guardian.h"
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int hb_memfd(const char *name, long size) {
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, size) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void hb_page_store(volatile uint32_t *word, uint32_t value) {
    atomic_store_explicit((_Atomic uint32_t *)word, value, memory_order_seq_cst);
}

uint32_t hb_page_load(const volatile uint32_t *word) {
    return atomic_load_explicit((const _Atomic uint32_t *)word, memory_order_seq_cst);
}

int hb_termination_signalfd(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    // HAProxy's: soft stop, reload (of its master), pause and resume.
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTTOU);
    sigaddset(&set, SIGTTIN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int hb_read_signal(int fd) {
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

int hb_notify(const char *path, const char *message) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address.sun_path) return -1;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    ssize_t sent = sendto(fd, message, strlen(message), MSG_NOSIGNAL | MSG_DONTWAIT,
                          (struct sockaddr *)&address,
                          offsetof(struct sockaddr_un, sun_path) + length);
    close(fd);
    return sent < 0 ? -1 : 0;
}

int hb_notify_listen(char *path, size_t size) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = sizeof address.sun_family;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    // The kernel chooses an abstract name: unix(7), "Autobind feature".
    if (bind(fd, (struct sockaddr *)&address, length) == 0) {
        length = sizeof address;
        if (getsockname(fd, (struct sockaddr *)&address, &length) == 0) {
            size_t name = length - offsetof(struct sockaddr_un, sun_path) - 1;
            if (name + 2 <= size) {
                path[0] = '@';
                memcpy(path + 1, address.sun_path + 1, name);
                path[name + 1] = 0;
                return fd;
            }
        }
    }
    close(fd);
    return -1;
}

int hb_lock_exclusive(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }
