#define _GNU_SOURCE
#include "clinux_sched.h"
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

int hb_thread_id(void) { return (int)syscall(SYS_gettid); }

int hb_outer_processors(int *lowest, int *highest) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
    *lowest = -1;
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET(processor, &set)) continue;
        if (*lowest < 0) *lowest = processor;
        *highest = processor;
    }
    return 0;
}

int hb_move_thread(int thread, int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    return sched_setaffinity(thread, sizeof set, &set);
}

int hb_spread_thread(int like) {
    cpu_set_t set;
    if (sched_getaffinity(like, sizeof set, &set) != 0) return -1;
    return sched_setaffinity(0, sizeof set, &set);
}

int hb_enter_real_time(int priority) {
    struct sched_param parameters = {.sched_priority = priority};
    return sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameters);
}
