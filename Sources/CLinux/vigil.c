#define _GNU_SOURCE
#include "clinux_vigil.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY_YET, IS_HELD, IS_CANCELLED };

struct vigil {
    pthread_mutex_t mutex;
    _Atomic uint32_t stage;
    _Atomic int64_t due;
};

_Static_assert(sizeof(struct vigil) <= HB_VIGIL_SIZE, "HB_VIGIL_SIZE is too small");

int hb_vigil_prepare(void *memory) {
    struct vigil *vigil = memory;
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);
    if (error == 0) error = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    if (error == 0) error = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    if (error == 0) error = pthread_mutex_init(&vigil->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    atomic_store(&vigil->stage, NOBODY_YET);
    atomic_store(&vigil->due, 0);
    return error;
}

static int advance(struct vigil *vigil, uint32_t stage) {
    uint32_t expected = NOBODY_YET;
    if (!atomic_compare_exchange_strong(&vigil->stage, &expected, stage)) return 0;
    syscall(SYS_futex, &vigil->stage, FUTEX_WAKE, 1, NULL, NULL, 0);
    return 1;
}

int hb_vigil_hold(void *memory) {
    struct vigil *vigil = memory;
    int error = pthread_mutex_lock(&vigil->mutex);
    if (error != 0) return error;
    advance(vigil, IS_HELD);
    return 0;
}

void hb_vigil_leave(void *memory) {
    struct vigil *vigil = memory;
    atomic_store(&vigil->due, 0);
    pthread_mutex_unlock(&vigil->mutex);
}

int hb_vigil_keep(void *memory) {
    struct vigil *vigil = memory;
    uint32_t stage;
    while ((stage = atomic_load(&vigil->stage)) == NOBODY_YET)
        syscall(SYS_futex, &vigil->stage, FUTEX_WAIT, NOBODY_YET, NULL, NULL, 0);
    if (stage == IS_CANCELLED) return 0;
    int error = pthread_mutex_lock(&vigil->mutex);
    if (error == EOWNERDEAD) pthread_mutex_consistent(&vigil->mutex);
    if (error == 0 || error == EOWNERDEAD) pthread_mutex_unlock(&vigil->mutex);
    return error == 0 ? 0 : error == EOWNERDEAD ? 1 : -1;
}

void hb_vigil_cancel(void *memory) { advance(memory, IS_CANCELLED); }

void hb_vigil_promise(void *memory, int64_t due) {
    struct vigil *vigil = memory;
    atomic_store_explicit(&vigil->due, due, memory_order_release);
}

int64_t hb_vigil_promised(const void *memory) {
    const struct vigil *vigil = memory;
    return atomic_load_explicit(&vigil->due, memory_order_acquire);
}
