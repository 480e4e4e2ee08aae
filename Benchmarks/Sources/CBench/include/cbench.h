// What the Glibc module does not show: namespaces, affinity, spawning into both.
#ifndef CBENCH_H
#define CBENCH_H

// Moves this thread into a network namespace, given by its name. Returns 0, or -1 with errno.
int bench_enter_namespace(const char *name);

// Starts a program in a process group of its own, in a namespace (or where this process is, if it
// is NULL) and on one CPU (any, if it is negative). It dies with this process. Descriptors 0, 1 and
// 2 of the child are the three given; no other is inherited. Returns the pid, or -1 with the errno
// of what failed, exec included.
int bench_spawn(const char *name_space, int cpu, char *const arguments[], const int descriptors[3]);

// Two descriptors, close-on-exec. Returns 0, or -1 with errno.
int bench_pipe(int descriptors[2]);

// Connects and closes again at once. Returns 0, or -1 with errno.
int bench_try_connect(const char *address, int port);

// SIGINT, SIGTERM and SIGHUP end no more than a system call; the number of the last one is told by
// the second, 0 for none.
void bench_catch_signals(void);
int bench_caught_signal(void);

// Raises the limit of descriptors as far as allowed, for this process and those it starts. Returns
// what it is then.
long bench_raise_descriptor_limit(long wanted);

int bench_errno(void);

#endif
