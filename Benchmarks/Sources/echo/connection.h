#ifndef CONNECTION_H
#define CONNECTION_H

#include "bench_net.h"

// One connection of the server. `role` is the port that it came in at.
struct connection {
    int fd;
    int role;
    uint64_t position;  // bytes sent (source) or received (sink)
    uint64_t mismatches;
    uint8_t verify;
    uint8_t *rest;  // bytes that the socket did not take; nothing is read while there are some
    size_t rest_length, rest_sent;
};

extern uint8_t shared_buffer[CHUNK];

// Each does what can be done now and returns 0, or -1 when the connection is over.
int echo_ready(struct connection *connection, int has_ended);
int sink_ready(struct connection *connection);
int source_ready(struct connection *connection);

#endif
