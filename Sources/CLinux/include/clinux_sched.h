// Where threads run. The masks of processors need _GNU_SOURCE and macros.
#ifndef CLINUX_SCHED_H
#define CLINUX_SCHED_H

// The kernel's number of the calling thread.
int hb_thread_id(void);

// The lowest and the highest processor that the calling thread may use. 0, or -1 with errno.
int hb_outer_processors(int *lowest, int *highest);

// Makes a thread of this process run on one processor, wherever it waits now. 0, or -1 with errno.
int hb_move_thread(int thread, int processor);

// Lets the calling thread use all processors that `like`, another thread, may use. 0, or -1 with
// errno.
int hb_spread_thread(int like);

// Puts the calling thread under SCHED_RR at this priority. Its child processes and threads begin as
// normal ones again (SCHED_RESET_ON_FORK, which Glibc does not import). 0, or -1 with errno.
int hb_enter_real_time(int priority);

#endif
