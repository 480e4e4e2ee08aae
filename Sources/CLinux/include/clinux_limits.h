// Resource limits and memory: RLIMIT_NOFILE is an enumerator of a type that Swift does not convert.
#ifndef CLINUX_LIMITS_H
#define CLINUX_LIMITS_H

// Keeps in memory what this process has touched or will touch; nothing is brought in for that.
// Needs RLIMIT_MEMLOCK or CAP_IPC_LOCK for all that is mapped. 0, or -1 with errno.
int hb_lock_memory(void);

// Lets go of the pages of code and constants that are mapped: those in use come back from the page
// cache by minor faults, those of the start do not. Not of what is locked.
void hb_release_code(void);

// The soft limit of descriptors.
long hb_descriptor_limit(void);
// Raises the soft limit to `wanted`, with the hard one where that is lower; 0 = to the hard limit.
// 0, or -1 with errno.
int hb_raise_descriptor_limit(long wanted);

#endif
