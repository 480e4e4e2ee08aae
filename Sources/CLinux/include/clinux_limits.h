// Resource limits: RLIMIT_NOFILE is an enumerator of a type that Swift does not convert.
#ifndef CLINUX_LIMITS_H
#define CLINUX_LIMITS_H

// The soft limit of descriptors.
long hb_descriptor_limit(void);
// Raises the soft limit to `wanted`, with the hard one where that is lower; 0 = to the hard limit.
// 0, or -1 with errno.
int hb_raise_descriptor_limit(long wanted);

#endif
