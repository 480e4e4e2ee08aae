// The server of the benchmarks: echoes on one port, swallows on the second, sends on the third.
// As `echo syslog` it takes log lines over UDP and throws them away.
#define _GNU_SOURCE
#include "connection.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, LISTENERS = 3 };

static const char usage[] =
    "usage: echo [ADDRESS]           TCP: echo on 7000, sink on 7001, source on 7002\n"
    "       echo syslog [ADDRESS]    UDP: takes log lines on 514 and forgets them\n";

static void take_all(int epoll, int listener, int role) {
    while (1) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN || errno == ECONNABORTED) return;
            die("accept4");
        }
        struct connection *connection = calloc(1, sizeof *connection);
        if (!connection) die("out of memory");
        connection->fd = fd;
        connection->role = role;
        // Sink and source leave work behind after some rounds and need to be told again.
        uint32_t events = role == PORT_ECHO   ? EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET
                          : role == PORT_SINK ? EPOLLIN
                                              : EPOLLOUT;
        epoll_watch(epoll, fd, events, (uint64_t)(uintptr_t)connection);
    }
}

static int is_ready(struct connection *connection, uint32_t events) {
    switch (connection->role) {
    case PORT_ECHO: return echo_ready(connection, (events & (EPOLLRDHUP | EPOLLHUP)) != 0);
    case PORT_SINK: return sink_ready(connection);
    default: return source_ready(connection);
    }
}

static void serve(const char *address) {
    int epoll = epoll_make(), listeners[LISTENERS];
    for (int index = 0; index < LISTENERS; index++) {
        listeners[index] = tcp_listener(address, PORT_ECHO + index);
        epoll_watch(epoll, listeners[index], EPOLLIN, (uint64_t)index);
    }
    puts("ready");
    fflush(stdout);
    struct epoll_event events[EVENTS];
    while (1) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int index = 0; index < count; index++) {
            uint64_t data = events[index].data.u64;
            if (data < LISTENERS) {
                take_all(epoll, listeners[data], PORT_ECHO + (int)data);
                continue;
            }
            struct connection *connection = (struct connection *)(uintptr_t)data;
            if (is_ready(connection, events[index].events) == 0) continue;
            close(connection->fd);
            free(connection->rest);
            free(connection);
        }
    }
}

static void swallow_log(const char *address) {
    struct sockaddr_in name = parse_address(address, PORT_SYSLOG);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0) die("bind %s", address);
    puts("ready");
    fflush(stdout);
    enum { BATCH = 64, LINE = 2048 };
    static char lines[BATCH][LINE];
    struct iovec vectors[BATCH];
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    for (int index = 0; index < BATCH; index++) {
        vectors[index] = (struct iovec){lines[index], LINE};
        messages[index].msg_hdr.msg_iov = &vectors[index];
        messages[index].msg_hdr.msg_iovlen = 1;
    }
    while (1) {
        if (recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL) < 0 && errno != EINTR)
            die("recvmmsg");
    }
}

int main(int count, char **arguments) {
    int is_syslog = count > 1 && strcmp(arguments[1], "syslog") == 0;
    const char *address = count > 1 + is_syslog ? arguments[1 + is_syslog] : "0.0.0.0";
    if (count > 2 + is_syslog || address[0] == '-') {
        fputs(usage, stderr);
        return 2;
    }
    raise_descriptor_limit();
    if (is_syslog)
        swallow_log(address);
    else
        serve(address);
    return 0;
}
