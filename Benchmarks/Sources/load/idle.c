// Connections that were used once and then say nothing, and such as never read.
#include "load.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64 };

// Opens up to BATCH at once. One request each: only its answer shows that a connection reaches the
// server. Returns how many failed.
static int open_batch(int count) {
    int sockets[BATCH], failed = 0;
    uint8_t *answer = malloc((size_t)options.size);
    if (!answer) die("out of memory");
    for (int index = 0; index < count; index++) {
        const struct sockaddr *target = (const struct sockaddr *)&options.target;
        sockets[index] = tcp_socket();
        if (sockets[index] < 0) die("socket: more connections than descriptors");
        if (connect(sockets[index], target, sizeof options.target) < 0 && errno != EINPROGRESS)
            die("connect");
    }
    for (int index = 0; index < count; index++) {
        if (!wait_for(sockets[index], POLLOUT)) continue;
        (void)!send(sockets[index], pattern_at(0), (size_t)options.size, MSG_NOSIGNAL);
    }
    for (int index = 0; index < count; index++) {
        ssize_t received = -1;
        if (wait_for(sockets[index], POLLIN))
            received = recv(sockets[index], answer, (size_t)options.size, 0);
        if (received <= 0) failed++;
    }
    free(answer);
    return failed;
}

void run_idle(void) {
    int opened = 0, failed = 0;
    for (int step = 0; step < options.step_count; step++) {
        while (opened < options.steps[step]) {
            int count = options.steps[step] - opened;
            if (count > BATCH) count = BATCH;
            failed += open_batch(count);
            opened += count;
        }
        char line[128];
        snprintf(line, sizeof line, "result mode=idle connections=%d errors=%d", opened, failed);
        barrier(line);
        if (!options.sync) usleep((useconds_t)(options.seconds * 1e6));
    }
}

void run_mute(void) {
    for (int index = 0; index < options.connections; index++) connected_socket();
    // Until the buffers of everybody on the way are full.
    sleep(1);
    char line[128];
    snprintf(line, sizeof line, "result mode=mute connections=%d", options.connections);
    barrier(line);
    if (!options.sync) usleep((useconds_t)(options.seconds * 1e6));
}
