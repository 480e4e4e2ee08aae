#define _GNU_SOURCE
#include "clinux_child.h"
#include <fcntl.h>
#include <sys/pidfd.h>
#include <unistd.h>

int hb_pidfd_open(int pid) { return pidfd_open(pid, 0); }

int hb_pidfd_send_signal(int pidfd, int signal) {
    return pidfd_send_signal(pidfd, signal, 0, 0);
}

char **hb_environment(void) { return environ; }

int hb_duplicate_above(int fd, int floor) { return fcntl(fd, F_DUPFD_CLOEXEC, floor + 1); }

int hb_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
