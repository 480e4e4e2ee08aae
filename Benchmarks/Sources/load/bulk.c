// Streams that carry as much as they can, in one direction.
#include "load.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, SILENCE_MS = 10000 };

struct stream {
    int fd;
    uint64_t position;
};

static uint8_t buffer[CHUNK];
static uint64_t moved, errors, mismatches;

// Returns 0 when the stream has ended, which none should.
static int send_some(struct stream *stream) {
    const uint8_t mode = options.verify ? SINK_VERIFY : SINK_PLAIN;
    int is_first = stream->position == 0;
    ssize_t count = is_first ? send(stream->fd, &mode, 1, MSG_NOSIGNAL)
                             : send(stream->fd, pattern_at(stream->position), CHUNK, MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    stream->position += (uint64_t)count;
    moved += (uint64_t)count;
    return 1;
}

static int receive_some(struct stream *stream) {
    ssize_t count = recv(stream->fd, buffer, sizeof buffer, 0);
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return 0;
    if (options.verify && !pattern_matches(buffer, (size_t)count, stream->position)) mismatches++;
    stream->position += (uint64_t)count;
    moved += (uint64_t)count;
    return 1;
}

static void pump(int epoll, double seconds, uint64_t bytes) {
    struct epoll_event events[EVENTS];
    uint64_t deadline = now_ns() + (uint64_t)(seconds * 1e9);
    while (bytes ? moved < bytes : now_ns() < deadline) {
        int count = epoll_wait(epoll, events, EVENTS, SILENCE_MS);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        errno = 0;
        if (count == 0) die("nothing moved for 10 s");
        for (int index = 0; index < count; index++) {
            struct stream *stream = (struct stream *)(uintptr_t)events[index].data.u64;
            if (options.is_upload ? send_some(stream) : receive_some(stream)) continue;
            errors++;
            if (errors == (uint64_t)options.connections) die("every stream has ended");
            epoll_ctl(epoll, EPOLL_CTL_DEL, stream->fd, NULL);
        }
    }
}

// Ends an upload and compares what the server received with what was sent.
static void settle(struct stream *stream) {
    uint64_t report[2] = {0, 0};
    shutdown(stream->fd, SHUT_WR);
    size_t received = 0;
    while (received < sizeof report && wait_for(stream->fd, POLLIN)) {
        ssize_t count =
            recv(stream->fd, (uint8_t *)report + received, sizeof report - received, 0);
        if (count == 0 || (count < 0 && errno != EAGAIN)) break;
        if (count > 0) received += (size_t)count;
    }
    if (received < sizeof report || report[0] != stream->position) errors++;
    mismatches += report[1];
}

void run_bulk(void) {
    int epoll = epoll_make();
    struct stream *streams = calloc((size_t)options.connections, sizeof *streams);
    if (!streams) die("out of memory");
    for (int index = 0; index < options.connections; index++) {
        streams[index].fd = connected_socket();
        epoll_watch(epoll, streams[index].fd, options.is_upload ? EPOLLOUT : EPOLLIN,
                    (uint64_t)(uintptr_t)&streams[index]);
    }
    if (options.warmup > 0) pump(epoll, options.warmup, 0);
    barrier("ready");
    moved = 0;
    uint64_t begin = now_ns();
    pump(epoll, options.seconds, options.bytes);
    double elapsed = (double)(now_ns() - begin) / 1e9;
    uint64_t counted = moved;
    barrier("done");
    for (int index = 0; index < options.connections && options.is_upload; index++)
        settle(&streams[index]);
    printf("result mode=bulk direction=%s bytes=%llu seconds=%.6f gbit_per_second=%.3f "
           "errors=%llu mismatches=%llu\n",
           options.is_upload ? "up" : "down", (unsigned long long)counted, elapsed,
           (double)counted * 8 / elapsed / 1e9, (unsigned long long)errors,
           (unsigned long long)mismatches);
}
