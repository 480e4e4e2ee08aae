// Requests and answers in a closed loop: `rpc` on connections that stay, `connect` with a new
// connection for each.
#include "histogram.h"
#include "load.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, SILENCE_MS = 10000, FAILURES_MAX = 1000 };

struct slot {
    int fd;
    uint32_t sent, received;  // of the request under way
    uint64_t position;        // of the request's first byte in the pattern
    uint64_t started;
};

static struct histogram histogram;
static uint8_t buffer[CHUNK];
static int epoll;
static int reconnecting;
static int in_flight;
static int is_stopping;
static uint64_t errors, mismatches;
// Ends the run when nothing works at all.
static int failures_in_a_row;

static void fail(struct slot *slot);

static void push(struct slot *slot) {
    while (slot->sent < (uint32_t)options.size) {
        ssize_t count = send(slot->fd, pattern_at(slot->position + slot->sent),
                             (uint32_t)options.size - slot->sent, MSG_NOSIGNAL);
        if (count < 0) {
            // Not connected yet, or full: an event follows.
            if (errno != EAGAIN && errno != ENOTCONN) fail(slot);
            return;
        }
        slot->sent += (uint32_t)count;
    }
}

static void open_socket(struct slot *slot) {
    const struct sockaddr *target = (const struct sockaddr *)&options.target;
    slot->fd = tcp_socket();
    if (slot->fd < 0) die("socket");
    if (connect(slot->fd, target, sizeof options.target) < 0 && errno != EINPROGRESS)
        return fail(slot);
    epoll_watch(epoll, slot->fd, EPOLLIN | EPOLLOUT | EPOLLET, (uint64_t)(uintptr_t)slot);
}

static void start(struct slot *slot, uint64_t now) {
    if (is_stopping) {
        in_flight--;
        return;
    }
    slot->started = now;
    slot->sent = slot->received = 0;
    // A new connection sends when it is told that it may.
    if (reconnecting)
        open_socket(slot);
    else
        push(slot);
}

static void fail(struct slot *slot) {
    errors++;
    if (++failures_in_a_row > FAILURES_MAX) die("nothing but failures");
    close(slot->fd);
    slot->fd = -1;
    if (reconnecting)
        start(slot, now_ns());
    else
        in_flight--;
}

static void complete(struct slot *slot) {
    uint64_t now = now_ns();
    histogram_record(&histogram, now - slot->started);
    failures_in_a_row = 0;
    slot->position += (uint64_t)options.size;
    if (reconnecting) close(slot->fd);
    start(slot, now);
}

static void ready(struct slot *slot, uint32_t events) {
    if (slot->sent < (uint32_t)options.size && (events & EPOLLOUT)) {
        int fd = slot->fd;
        push(slot);
        if (slot->fd != fd) return;
    }
    while (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
        ssize_t count = recv(slot->fd, buffer, sizeof buffer, 0);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0 || slot->received + (uint64_t)count > (uint64_t)options.size)
            return fail(slot);
        if (options.verify &&
            !pattern_matches(buffer, (size_t)count, slot->position + slot->received))
            mismatches++;
        slot->received += (uint32_t)count;
        if (slot->received == (uint32_t)options.size) return complete(slot);
        if ((size_t)count < sizeof buffer) return;
    }
}

// Keeps all slots busy until the time is over, and then waits for the last answers.
static void exchange(struct slot *slots, double seconds) {
    uint64_t now = now_ns(), deadline = now + (uint64_t)(seconds * 1e9);
    is_stopping = 0;
    for (int index = 0; index < options.connections; index++) {
        if (!reconnecting && slots[index].fd < 0) continue;
        in_flight++;
        start(&slots[index], now);
    }
    struct epoll_event events[EVENTS];
    while (in_flight > 0) {
        int count = epoll_wait(epoll, events, EVENTS, SILENCE_MS);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        errno = 0;
        if (count == 0) die("no answer for 10 s, %d requests under way", in_flight);
        for (int index = 0; index < count; index++)
            ready((struct slot *)(uintptr_t)events[index].data.u64, events[index].events);
        if (now_ns() >= deadline) is_stopping = 1;
    }
}

void run_exchange(int reconnects) {
    reconnecting = reconnects;
    epoll = epoll_make();
    struct slot *slots = calloc((size_t)options.connections, sizeof *slots);
    if (!slots) die("out of memory");
    for (int index = 0; index < options.connections; index++) {
        slots[index].fd = -1;
        // Apart from each other, so that an answer to somebody else is noticed.
        slots[index].position = (uint64_t)index * 7919;
        if (reconnects) continue;
        slots[index].fd = connected_socket();
        epoll_watch(epoll, slots[index].fd, EPOLLIN | EPOLLOUT | EPOLLET,
                    (uint64_t)(uintptr_t)&slots[index]);
    }
    if (options.warmup > 0) exchange(slots, options.warmup);
    barrier("ready");
    memset(&histogram, 0, sizeof histogram);
    errors = 0;
    uint64_t begin = now_ns();
    exchange(slots, options.seconds);
    double elapsed = (double)(now_ns() - begin) / 1e9;
    char line[512];
    snprintf(line, sizeof line,
             "result mode=%s requests=%llu seconds=%.6f per_second=%.1f p50_us=%.1f p99_us=%.1f "
             "p999_us=%.1f errors=%llu mismatches=%llu",
             reconnects ? "connect" : "rpc", (unsigned long long)histogram.total, elapsed,
             (double)histogram.total / elapsed, histogram_quantile(&histogram, 0.5) / 1e3,
             histogram_quantile(&histogram, 0.99) / 1e3,
             histogram_quantile(&histogram, 0.999) / 1e3, (unsigned long long)errors,
             (unsigned long long)mismatches);
    barrier(line);
}
