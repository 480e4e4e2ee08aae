#include "connection.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// One bulk stream must not keep the others waiting: after this many calls it is their turn.
enum { ROUNDS = 8 };

uint8_t shared_buffer[CHUNK];

// Returns 1 when nothing is left to be sent, 0 when the socket is full, -1 when it is broken.
static int flush_rest(struct connection *connection) {
    while (connection->rest_sent < connection->rest_length) {
        ssize_t count = send(connection->fd, connection->rest + connection->rest_sent,
                             connection->rest_length - connection->rest_sent, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN ? 0 : -1;
        connection->rest_sent += (size_t)count;
    }
    free(connection->rest);
    connection->rest = NULL;
    connection->rest_length = connection->rest_sent = 0;
    return 1;
}

static int send_or_keep(struct connection *connection, const uint8_t *bytes, size_t length) {
    ssize_t count = send(connection->fd, bytes, length, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) return -1;
    if (count < 0) count = 0;
    if ((size_t)count == length) return 1;
    connection->rest_length = length - (size_t)count;
    connection->rest = malloc(connection->rest_length);
    if (!connection->rest) die("out of memory");
    memcpy(connection->rest, bytes + count, connection->rest_length);
    return 0;
}

int echo_ready(struct connection *connection, int has_ended) {
    if (connection->rest) {
        int state = flush_rest(connection);
        if (state <= 0) return state;
    }
    while (1) {
        ssize_t count = recv(connection->fd, shared_buffer, sizeof shared_buffer, 0);
        if (count < 0) return errno == EAGAIN ? 0 : -1;
        if (count == 0) return -1;
        int state = send_or_keep(connection, shared_buffer, (size_t)count);
        if (state <= 0) return state;
        // A short read has emptied the socket, and the next byte is an event. Not so the end of the
        // stream that this event told of: it has to be read.
        if ((size_t)count < sizeof shared_buffer && !has_ended) return 0;
    }
}

int sink_ready(struct connection *connection) {
    for (int round = 0; round < ROUNDS; round++) {
        ssize_t count = recv(connection->fd, shared_buffer, sizeof shared_buffer, 0);
        if (count < 0) return errno == EAGAIN ? 0 : -1;
        if (count == 0) {
            // The client wants to know what arrived: both numbers, in the order of this machine.
            uint64_t report[2] = {connection->position, connection->mismatches};
            (void)!send(connection->fd, report, sizeof report, MSG_NOSIGNAL);
            return -1;
        }
        size_t skip = 0;
        if (connection->position == 0) {
            connection->verify = shared_buffer[0] == SINK_VERIFY;
            skip = 1;
        }
        if (connection->verify &&
            !pattern_matches(shared_buffer + skip, (size_t)count - skip,
                             connection->position + skip))
            connection->mismatches++;
        connection->position += (uint64_t)count;
    }
    return 0;
}

int source_ready(struct connection *connection) {
    for (int round = 0; round < ROUNDS; round++) {
        ssize_t count =
            send(connection->fd, pattern_at(connection->position), CHUNK, MSG_NOSIGNAL);
        if (count < 0) return errno == EAGAIN ? 0 : -1;
        connection->position += (uint64_t)count;
    }
    return 0;
}
