// Child processes: pidfd calls and the environment.
#ifndef CLINUX_CHILD_H
#define CLINUX_CHILD_H

#include <spawn.h>

// <sys/pidfd.h> is not part of the Glibc module. Both return -1 with errno; the descriptor of
// hb_pidfd_open is close-on-exec and becomes readable when the process has ended.
int hb_pidfd_open(int pid);
int hb_pidfd_send_signal(int pidfd, int signal);

// fcntl is variadic. A close-on-exec copy of `fd` with a number above `floor`, or -1 with errno.
int hb_duplicate_above(int fd, int floor);

// POSIX_SPAWN_SETSID of <spawn.h>, which is not imported.
#define HB_SPAWN_SETSID 0x80

// Needs _GNU_SOURCE: the child closes every descriptor from `first` on. Returns an error number or 0.
int hb_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

// Starts a program of somebody who is trusted with nothing: as the user and group nobody where this
// process is root, without any capability where it is not, in a process group of its own, with
// /dev/null as 0, 1 and 2 and no other descriptor. It is killed when the calling thread ends.
// posix_spawn can change neither user nor capabilities. The process id, or a negative error number.
int hb_spawn_unprivileged(const char *path, char *const argv[], char *const envp[]);

// `environ` is a mutable global, which Swift refuses to touch from concurrent code.
char **hb_environment(void);

#endif
