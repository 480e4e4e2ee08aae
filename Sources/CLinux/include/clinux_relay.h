// Sockets of the relay: calls that report by a negated errno, and what the Glibc module hides.
#ifndef CLINUX_RELAY_H
#define CLINUX_RELAY_H

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

// Newer than the C library of Debian 12: <linux/in.h>, Linux 6.3.
enum { HB_IP_LOCAL_PORT_RANGE = 51 };

// <asm-generic/socket.h>, Linux 5.1. By number, and so an int as NIO sets options.
enum { HB_SO_BINDTOIFINDEX = 62 };

// These three errors can only mean that the program is wrong about its own descriptors or memory;
// going on would relay bytes into somebody else's connection.
static inline int hb_is_own_fault(int error) {
    return error == EBADF || error == EFAULT || error == ENOTSOCK;
}

// The result of a call, or its negated errno. Evaluated again while a signal interrupts it.
#define HB_RESULT(type, call)                                    \
    type result;                                                 \
    do result = (call);                                          \
    while (result < 0 && errno == EINTR);                        \
    if (__builtin_expect(result < 0, 0)) {                       \
        if (hb_is_own_fault(errno)) __builtin_trap();            \
        return -errno;                                           \
    }                                                            \
    return result;

// In C, because the loop over EINTR and the read of errno must not leave the hot path of the relay.
// These three go around the C library, which makes each a point where a thread may be cancelled:
// none ever is, and it costs more instructions than the relay itself needs for the bytes.
static inline ssize_t hb_recv(int fd, void *bytes, size_t count) {
    HB_RESULT(ssize_t, syscall(SYS_recvfrom, fd, bytes, count, MSG_DONTWAIT, 0, 0))
}
static inline ssize_t hb_send(int fd, const void *bytes, size_t count) {
    HB_RESULT(ssize_t, syscall(SYS_sendto, fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0))
}
static inline int hb_epoll_wait(int fd, struct epoll_event *events, int count, int timeout) {
    HB_RESULT(int, (int)syscall(SYS_epoll_pwait, fd, events, count, timeout, 0, 0))
}
static inline int hb_epoll_ctl(int fd, int operation, int target, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    HB_RESULT(int, epoll_ctl(fd, operation, target, &event))
}

static inline int hb_shutdown_writing(int fd) { HB_RESULT(int, shutdown(fd, SHUT_WR)) }

// Not repeated: Linux has freed the number when close returns, EINTR included.
static inline void hb_close(int fd) {
    if (close(fd) < 0 && errno == EBADF) __builtin_trap();
}

// Need _GNU_SOURCE. Results as above.
ssize_t hb_splice(int from, int to, size_t count);
int hb_accept(int fd, struct sockaddr *address, socklen_t *length);

// fcntl is variadic. Sets the size of a pipe; the kernel's size in bytes, or the negated errno.
int hb_pipe_resize(int fd, int bytes);

// The next close of the socket sends RST and forgets unsent bytes. 0 or the negated errno.
int hb_reset_on_close(int fd);

// Lets the socket send although its address has left this host. Needs CAP_NET_ADMIN or CAP_NET_RAW;
// without them nothing changes, and the other end of the connection learns nothing.
void hb_send_from_lost_address(int fd);

// Needs _GNU_SOURCE. At most 15 bytes are kept.
void hb_name_this_thread(const char *name);

// A number that one thread writes and others read: no lock prefix, no tearing.
static inline void hb_counter_add(uint64_t *counter, uint64_t amount) {
    uint64_t value = __atomic_load_n(counter, __ATOMIC_RELAXED);
    __atomic_store_n(counter, value + amount, __ATOMIC_RELAXED);
}
static inline void hb_counter_set(uint64_t *counter, uint64_t value) {
    __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}
static inline uint64_t hb_counter_read(const uint64_t *counter) {
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

// A row of words that one thread writes and others read without waiting (a seqlock): the first is 0
// while the row is empty or being written, and else another number each time.
static inline void hb_row_open(uint64_t *row) {
    __atomic_store_n(row, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}
static inline void hb_row_close(uint64_t *row, uint64_t stamp) {
    __atomic_store_n(row, stamp, __ATOMIC_RELEASE);
}
// 1 when `copy` is what stood there at one instant, 0 when the row is empty or was being written.
static inline int hb_row_read(const uint64_t *row, uint64_t *copy, int words) {
    uint64_t stamp = __atomic_load_n(row, __ATOMIC_ACQUIRE);
    if (stamp == 0) return 0;
    for (int i = 1; i < words; i++) copy[i] = __atomic_load_n(row + i, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    copy[0] = stamp;
    return __atomic_load_n(row, __ATOMIC_RELAXED) == stamp;
}

#endif
