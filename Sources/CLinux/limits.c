#define _GNU_SOURCE
#include "clinux_limits.h"
#include <sys/mman.h>
#include <sys/resource.h>

int hb_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT); }

long hb_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    return (long)limit.rlim_cur;
}

int hb_raise_descriptor_limit(long wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    if (wanted == 0) {
        limit.rlim_cur = limit.rlim_max;
    } else {
        limit.rlim_cur = (rlim_t)wanted;
        if (limit.rlim_max < limit.rlim_cur) limit.rlim_max = limit.rlim_cur;
    }
    return setrlimit(RLIMIT_NOFILE, &limit);
}
