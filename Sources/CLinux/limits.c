#define _GNU_SOURCE
#include "clinux_limits.h"
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int hb_lock_memory(void) { return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT); }

// Segments that were mapped without write access hold what is in the file and nothing else, so that
// dropping their pages loses nothing. The writable ones, RELRO among them, hold relocated pointers.
static int release_segments(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size;
    (void)unused;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
        if (start < end) (void)madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void hb_release_code(void) { (void)dl_iterate_phdr(release_segments, NULL); }

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
