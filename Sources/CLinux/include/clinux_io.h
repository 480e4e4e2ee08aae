// Descriptors, polling and sockets.
#ifndef CLINUX_IO_H
#define CLINUX_IO_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

// errno is a macro; reading it in the same C call keeps ARC from disturbing it.
static inline int hb_errno(void) { return errno; }

// fcntl is variadic. Both return 0, or -1 with errno.
int hb_set_nonblocking(int fd, int on);
int hb_set_cloexec(int fd, int on);

// Need _GNU_SOURCE. The accepted descriptor is non-blocking and close-on-exec.
int hb_accept4(int fd, struct sockaddr *address, socklen_t *length);
int hb_pipe2(int fds[2], int flags);

// epoll_event is packed on x86-64, which Swift cannot lay out.
static inline uint32_t hb_epoll_event_events(const struct epoll_event *event) { return event->events; }
static inline uint64_t hb_epoll_event_data(const struct epoll_event *event) { return event->data.u64; }

#endif
