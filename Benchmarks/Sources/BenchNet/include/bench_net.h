// What client and server have in common: sockets, time, and the pattern of verified bytes.
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

// Ports of the server; a balancer has the same in front of them.
enum { PORT_ECHO = 7000, PORT_SINK = 7001, PORT_SOURCE = 7002, PORT_SYSLOG = 514 };

// The first byte that is sent to the sink: whether it shall compare the others with the pattern.
enum { SINK_PLAIN = 'S', SINK_VERIFY = 'V' };

// What is moved by one system call in bulk.
enum { CHUNK = 256 * 1024 };

// Ends the program with a message and, where there is one, the reason of errno.
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

uint64_t now_ns(void);

// As many descriptors as the hard limit allows. Returns their number.
uint64_t raise_descriptor_limit(void);

struct sockaddr_in parse_address(const char *text, int default_port);

// Non-blocking, close-on-exec, TCP_NODELAY.
int tcp_socket(void);
int tcp_listener(const char *address, int port);

int epoll_make(void);
void epoll_watch(int epoll, int fd, uint32_t events, uint64_t data);

// `length` (at most CHUNK) bytes of the pattern that a stream has from `position` on. Its period is
// a prime, so bytes that are lost, doubled or moved by less than that are noticed.
const uint8_t *pattern_at(uint64_t position);
// Non-zero when they are the pattern.
int pattern_matches(const uint8_t *bytes, size_t length, uint64_t position);

#endif
