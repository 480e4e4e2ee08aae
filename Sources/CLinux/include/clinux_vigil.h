// How a parent learns of its child's death at once: a robust mutex in memory that both share. The
// kernel passes it on when the thread that holds it ends (exit_robust_list in kernel/futex/core.c),
// before the first descriptor of the process is closed; a pidfd waits for the last one.
#ifndef CLINUX_VIGIL_H
#define CLINUX_VIGIL_H

#include <stdint.h>

// Bytes of the memory, which begins at a multiple of 64 and is mapped by both processes.
enum { HB_VIGIL_SIZE = 128 };

// The parent, before the child exists. 0, or an error number.
int hb_vigil_prepare(void *vigil);

// The one thread of the child whose life is watched: it holds the mutex until it says that it ends
// in order, or dies. 0, or an error number.
int hb_vigil_hold(void *vigil);
void hb_vigil_leave(void *vigil);

// A thread of the parent: waits until the holder has died (1), has left in order or was given up by
// hb_vigil_cancel before it ever held (0). -1 where the C library refuses.
int hb_vigil_keep(void *vigil);
// Any thread of the parent, when the child has ended: nobody will hold the mutex any more.
void hb_vigil_cancel(void *vigil);

// By when the holder will show itself again, in nanoseconds of CLOCK_MONOTONIC; 0: nobody holds.
void hb_vigil_promise(void *vigil, int64_t due);
int64_t hb_vigil_promised(const void *vigil);

#endif
