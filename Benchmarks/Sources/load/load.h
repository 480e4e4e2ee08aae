#ifndef LOAD_H
#define LOAD_H

#include "bench_net.h"

struct options {
    struct sockaddr_in target;
    int connections;
    int size;
    double seconds;
    double warmup;
    uint64_t bytes;  // bulk: stop after so many, 0 = after the time
    int is_upload;
    int verify;
    int sync;  // stop at each barrier until standard input says go
    int steps[16];
    int step_count;
};

extern struct options options;

void run_exchange(int reconnects);
void run_bulk(void);
void run_idle(void);
void run_mute(void);

// With `--sync` prints a line and waits for a byte on standard input, so that whoever measures can
// take the readings of the others while nothing is under way.
void barrier(const char *line);

// Connects and waits for it; a failure ends the program.
int connected_socket(void);

// Waits for one event of one socket. Returns 0 when it did not come within 10 s.
int wait_for(int fd, short events);

#endif
