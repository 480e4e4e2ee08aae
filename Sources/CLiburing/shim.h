// liburing as the relay uses it: one ring, one ring of provided buffers, and requests that are
// queued here and handed to the kernel together. Inline functions, because liburing's own are, and
// because its request structure is a union that Swift sees only in part.
#ifndef CLIBURING_SHIM_H
#define CLIBURING_SHIM_H

#include <errno.h>
#include <liburing.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct hb_ring {
    struct io_uring ring;
    struct io_uring_buf_ring *slots;
    unsigned char *memory;
    size_t memory_bytes;
    unsigned buffers;
    unsigned buffer_bytes;
};

enum { HB_RING_BUFFER_GROUP = 0 };

static inline void hb_ring_close(struct hb_ring *ring) {
    if (ring->memory) munmap(ring->memory, ring->memory_bytes);
    io_uring_queue_exit(&ring->ring);
}

static inline unsigned char *hb_ring_buffer(const struct hb_ring *ring, unsigned number) {
    return ring->memory + (size_t)ring->buffers * sizeof(struct io_uring_buf) +
           (size_t)number * ring->buffer_bytes;
}

// Gives a provided buffer (back) to the kernel.
static inline void hb_ring_give(struct hb_ring *ring, unsigned number) {
    io_uring_buf_ring_add(ring->slots, hb_ring_buffer(ring, number), ring->buffer_bytes,
                          (unsigned short)number, (int)ring->buffers - 1, 0);
    io_uring_buf_ring_advance(ring->slots, 1);
}

// Opens a ring with a power of two of provided buffers. Only the calling thread may use and close
// it. 0 or the negated errno; what was opened is closed again then.
static inline int hb_ring_open(struct hb_ring *ring, unsigned requests, unsigned completions,
                               unsigned buffers, unsigned buffer_bytes) {
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE |
                 IORING_SETUP_SUBMIT_ALL,
        .cq_entries = completions,
    };
    *ring = (struct hb_ring){.buffers = buffers, .buffer_bytes = buffer_bytes};
    int result = io_uring_queue_init_params(requests, &ring->ring, &params);
    if (result < 0) return result;
    // One mapping: the slots first (they must begin on a page), then the bytes.
    ring->memory_bytes = (size_t)buffers * (sizeof(struct io_uring_buf) + buffer_bytes);
    void *memory = mmap(0, ring->memory_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        result = -errno;
        hb_ring_close(ring);
        return result;
    }
    // A huge page would make the first byte cost 2 MiB.
    madvise(memory, ring->memory_bytes, MADV_NOHUGEPAGE);
    ring->memory = (unsigned char *)memory;
    ring->slots = (struct io_uring_buf_ring *)memory;
    struct io_uring_buf_reg registration = {
        .ring_addr = (uint64_t)(uintptr_t)ring->slots,
        .ring_entries = buffers,
        .bgid = HB_RING_BUFFER_GROUP,
    };
    result = io_uring_register_buf_ring(&ring->ring, &registration, 0);
    if (result < 0) {
        hb_ring_close(ring);
        return result;
    }
    io_uring_buf_ring_init(ring->slots);
    for (unsigned number = 0; number < buffers; number++) hb_ring_give(ring, number);
    // Spares a look-up of the descriptor in each call; without it the ring works as well.
    io_uring_register_ring_fd(&ring->ring);
    return 0;
}

// Gives the memory behind the provided buffers back; they stay provided. None may hold data.
static inline void hb_ring_trim(struct hb_ring *ring) {
    // The buffers begin on the first page after the slots.
    size_t slots = (size_t)ring->buffers * sizeof(struct io_uring_buf);
    size_t page = (size_t)sysconf(_SC_PAGESIZE), from = (slots + page - 1) / page * page;
    madvise(ring->memory + from, ring->memory_bytes - from, MADV_DONTNEED);
}

// Hands everything queued to the kernel, which carries out what it can at once. Does not wait, and
// lets other requests not complete. Not negative: the queue is empty; else the negated errno of what
// only a fault of ours can cause. A want of memory is waited out: sends must not be taken for done.
static inline int hb_ring_submit(struct hb_ring *ring) {
    int result;
    do result = io_uring_submit(&ring->ring);
    while (io_uring_sq_ready(&ring->ring) &&
           (result >= 0 || result == -EINTR || result == -EAGAIN || result == -EBUSY ||
            result == -ENOMEM));
    return result;
}

// The same, and lets the kernel finish what has come meanwhile.
static inline int hb_ring_settle(struct hb_ring *ring) {
    int result = io_uring_submit_and_get_events(&ring->ring);
    return io_uring_sq_ready(&ring->ring) ? hb_ring_submit(ring) : result;
}

// The same, and waits for a completion; milliseconds < 0: for ever. -ETIME when none came.
static inline int hb_ring_wait(struct hb_ring *ring, int64_t milliseconds) {
    struct io_uring_cqe *first = 0;
    struct __kernel_timespec time = {
        .tv_sec = milliseconds / 1000,
        .tv_nsec = milliseconds % 1000 * 1000000,
    };
    int result = io_uring_submit_and_wait_timeout(&ring->ring, &first, 1,
                                                  milliseconds < 0 ? 0 : &time, 0);
    // Interrupted, or out of memory for a moment: the rest of the queue.
    return io_uring_sq_ready(&ring->ring) ? hb_ring_submit(ring) : result;
}

static inline unsigned hb_ring_ready(const struct hb_ring *ring) {
    return io_uring_cq_ready(&ring->ring);
}

// The completion that is `offset` after the oldest; offset < hb_ring_ready.
static inline struct io_uring_cqe *hb_ring_completion(struct hb_ring *ring, unsigned offset) {
    return &ring->ring.cq.cqes[(*ring->ring.cq.khead + offset) & *ring->ring.cq.kring_mask];
}

static inline void hb_ring_advance(struct hb_ring *ring, unsigned count) {
    io_uring_cq_advance(&ring->ring, count);
}

// A free request; when there is none, the queue is handed to the kernel first.
static inline struct io_uring_sqe *hb_ring_request(struct hb_ring *ring) {
    struct io_uring_sqe *request = io_uring_get_sqe(&ring->ring);
    while (__builtin_expect(!request, 0)) {
        int result = io_uring_submit(&ring->ring);
        // EBUSY and EAGAIN need completions to be taken or memory, and pass.
        if (result < 0 && result != -EINTR && result != -EBUSY && result != -EAGAIN)
            __builtin_trap();
        request = io_uring_get_sqe(&ring->ring);
    }
    return request;
}

// liburing's helpers set the whole request: token and flags come after them.
#define HB_RING_QUEUE(ring, token, request_flags, prepare)                   \
    do {                                                                     \
        struct io_uring_sqe *request = hb_ring_request(ring);                \
        prepare;                                                             \
        request->user_data = (token);                                        \
        request->flags |= (uint8_t)(request_flags);                          \
    } while (0)

// Tells once when one of `events` holds, or holds already.
static inline void hb_ring_poll_once(struct hb_ring *ring, int fd, uint32_t events,
                                     uint64_t token) {
    HB_RING_QUEUE(ring, token, 0, io_uring_prep_poll_add(request, fd, events));
}

// Tells each change, as an edge-triggered epoll does, until it is cancelled.
static inline void hb_ring_poll_edges(struct hb_ring *ring, int fd, uint32_t events,
                                      uint64_t token) {
    HB_RING_QUEUE(ring, token, 0, io_uring_prep_poll_multishot(request, fd, events));
}

// Receives into provided buffers as data comes, until it ends, fails or is cancelled.
static inline void hb_ring_receive(struct hb_ring *ring, int fd, uint64_t token) {
    HB_RING_QUEUE(ring, token, IOSQE_BUFFER_SELECT, {
        io_uring_prep_recv_multishot(request, fd, 0, 0, 0);
        request->buf_group = HB_RING_BUFFER_GROUP;
        request->ioprio |= IORING_RECVSEND_POLL_FIRST;
    });
}

// Sends as much as the socket takes without waiting, when the queue is handed to the kernel. Only
// less than `count` makes a completion: the bytes that it took, or the negated errno.
static inline void hb_ring_send(struct hb_ring *ring, int fd, const void *bytes, size_t count,
                                uint64_t token) {
    HB_RING_QUEUE(ring, token, IOSQE_CQE_SKIP_SUCCESS,
                  io_uring_prep_send(request, fd, bytes, count,
                                     MSG_DONTWAIT | MSG_NOSIGNAL | MSG_WAITALL));
}

// Cancels the request with token `target`. Completes only when there is none.
static inline void hb_ring_cancel(struct hb_ring *ring, uint64_t target, uint64_t token) {
    HB_RING_QUEUE(ring, token, IOSQE_CQE_SKIP_SUCCESS,
                  io_uring_prep_cancel64(request, target, 0));
}

// Closes a descriptor after the requests that were queued before: until then its number is not
// used again.
static inline void hb_ring_close_descriptor(struct hb_ring *ring, int fd, uint64_t token) {
    HB_RING_QUEUE(ring, token, IOSQE_CQE_SKIP_SUCCESS, io_uring_prep_close(request, fd));
}

// Number of the provided buffer that a completion carries; only with IORING_CQE_F_BUFFER.
static inline unsigned hb_ring_buffer_number(uint32_t flags) {
    return flags >> IORING_CQE_BUFFER_SHIFT;
}

#endif
