// The client of the benchmarks.
#define _GNU_SOURCE
#include "load.h"
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct options options = {
    .connections = 1,
    .size = 100,
    .seconds = 3,
    .warmup = 0.2,
    .steps = {1000},
    .step_count = 1,
};

static const char usage[] =
    "usage: load MODE [OPTIONS] ADDRESS[:PORT]\n"
    "\n"
    "  rpc        requests of --size bytes and answers, on --connections that stay\n"
    "  connect    a new connection for each request, --connections at a time\n"
    "  bulk       --connections streams that carry as much as they can\n"
    "  mute       opens --connections that are sent data without end, and never reads any of it\n"
    "  idle       opens --steps connections, one request each, and holds them --seconds\n"
    "\n"
    "  -c, --connections N    default 1\n"
    "  -s, --size BYTES       default 100, at most 262144\n"
    "  -t, --seconds S        default 3\n"
    "  -w, --warmup S         not counted, default 0.2\n"
    "  -b, --bytes N          bulk: stop after so many bytes\n"
    "  -u, --up               bulk: from client to server; else from server to client\n"
    "      --steps N,N,...    idle: hold at each of these numbers, default 1000\n"
    "      --verify           compare every byte that arrives\n"
    "      --sync             print a line and wait for a byte on standard input, before what is\n"
    "                         counted and after it\n"
    "\n"
    "The server is `echo`. Prints one line, `result key=value ...`.\n";

void barrier(const char *line) {
    int is_result = strncmp(line, "result", 6) == 0;
    if (!options.sync && !is_result) return;
    puts(line);
    fflush(stdout);
    char byte;
    if (options.sync && read(STDIN_FILENO, &byte, 1) != 1) exit(0);
}

int wait_for(int fd, short events) {
    struct pollfd entry = {.fd = fd, .events = events};
    return poll(&entry, 1, 10000) == 1;
}

int connected_socket(void) {
    int fd = tcp_socket(), error = 0;
    if (fd < 0) die("socket");
    if (connect(fd, (struct sockaddr *)&options.target, sizeof options.target) < 0 &&
        errno != EINPROGRESS)
        die("connect");
    socklen_t length = sizeof error;
    int is_done = wait_for(fd, POLLOUT);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = is_done ? error : ETIMEDOUT;
    if (errno) die("connect");
    return fd;
}

static void parse_steps(char *text) {
    options.step_count = 0;
    for (char *word = strtok(text, ","); word; word = strtok(NULL, ",")) {
        if (options.step_count == (int)(sizeof options.steps / sizeof *options.steps)) break;
        options.steps[options.step_count++] = atoi(word);
    }
}

static void misuse(void) {
    fputs(usage, stderr);
    exit(2);
}

static void parse_options(int count, char **arguments) {
    enum { STEPS = 256, VERIFY, SYNC };
    static const struct option names[] = {
        {"connections", required_argument, NULL, 'c'}, {"size", required_argument, NULL, 's'},
        {"seconds", required_argument, NULL, 't'},     {"warmup", required_argument, NULL, 'w'},
        {"bytes", required_argument, NULL, 'b'},       {"up", no_argument, NULL, 'u'},
        {"steps", required_argument, NULL, STEPS},     {"verify", no_argument, NULL, VERIFY},
        {"sync", no_argument, NULL, SYNC},             {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int letter;
    while ((letter = getopt_long(count, arguments, "c:s:t:w:b:uh", names, NULL)) != -1) {
        switch (letter) {
        case 'c': options.connections = atoi(optarg); break;
        case 's': options.size = atoi(optarg); break;
        case 't': options.seconds = atof(optarg); break;
        case 'w': options.warmup = atof(optarg); break;
        case 'b': options.bytes = strtoull(optarg, NULL, 10); break;
        case 'u': options.is_upload = 1; break;
        case STEPS: parse_steps(optarg); break;
        case VERIFY: options.verify = 1; break;
        case SYNC: options.sync = 1; break;
        case 'h': fputs(usage, stdout); exit(0);
        default: misuse();
        }
    }
    if (options.connections < 1 || options.size < 1 || options.size > CHUNK) misuse();
}

int main(int count, char **arguments) {
    parse_options(count, arguments);
    if (count - optind != 2) misuse();
    const char *mode = arguments[optind];
    int is_bulk = !strcmp(mode, "bulk") || !strcmp(mode, "mute");
    int port = !is_bulk ? PORT_ECHO : options.is_upload ? PORT_SINK : PORT_SOURCE;
    options.target = parse_address(arguments[optind + 1], port);
    raise_descriptor_limit();
    if (!strcmp(mode, "rpc"))
        run_exchange(0);
    else if (!strcmp(mode, "connect"))
        run_exchange(1);
    else if (!strcmp(mode, "bulk"))
        run_bulk();
    else if (!strcmp(mode, "idle"))
        run_idle();
    else if (!strcmp(mode, "mute"))
        run_mute();
    else
        misuse();
    return 0;
}
