// Unix sockets and the size of the terminal.
#ifndef CLINUX_CONTROL_H
#define CLINUX_CONTROL_H

#include <stddef.h>
#include <sys/types.h>

// sockaddr_un ends in a C array, which Swift sees as a tuple of 108 members.
// All return 0 (or a count), or -1 with errno; ENAMETOOLONG when the path does not fit.
int hb_unix_bind(int fd, const char *path);
int hb_unix_connect(int fd, const char *path);
ssize_t hb_unix_send_to(int fd, const char *path, const void *data, size_t length);

// The process at the other end of a connected Unix socket, or -1. struct ucred needs _GNU_SOURCE.
pid_t hb_unix_peer_pid(int fd);

// Rows of the terminal behind `fd`, or 0 when it is none. ioctl is variadic.
int hb_terminal_rows(int fd);

#endif
