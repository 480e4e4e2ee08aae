// The guardian's page, its signals and systemd's notification socket.
#ifndef CLINUX_GUARDIAN_H
#define CLINUX_GUARDIAN_H

#include <stddef.h>
#include <stdint.h>

// memfd_create needs _GNU_SOURCE. The descriptor is close-on-exec. -1 with errno.
int hb_memfd(const char *name, long size);

// The page has a sequence word, even when it is at rest, written by one thread of the daemon and read
// after its death or at any time by the guardian. C11 atomics are not imported.
void hb_page_store(volatile uint32_t *word, uint32_t value);
uint32_t hb_page_load(const volatile uint32_t *word);

// signalfd for SIGTERM, SIGINT, SIGHUP and HAProxy's SIGUSR1, SIGUSR2, SIGTTOU and SIGTTIN, which it
// blocks for the calling thread and its children-to-be. The set macros are not imported. -1 with errno.
int hb_termination_signalfd(void);

// The number of the next signal from it, 0 when none waits. The struct is not imported.
int hb_read_signal(int fd);

// Sends a datagram to the Unix socket `path` ('@' first = abstract). 0, or -1 with errno.
int hb_notify(const char *path, const char *message);

// A non-blocking Unix datagram socket; `path` gets its abstract name, '@' first. -1 with errno.
int hb_notify_listen(char *path, size_t size);

// flock(2) is shadowed by the struct of the same name. 0, or -1 with errno.
int hb_lock_exclusive(int fd);

#endif
