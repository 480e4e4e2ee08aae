#include "bench_net.h"
#include <string.h>

enum { PERIOD = 65521 };

static uint8_t table[PERIOD + CHUNK];

__attribute__((constructor)) static void fill(void) {
    uint32_t state = 2463534242u;
    for (size_t index = 0; index < sizeof table; index++) {
        if (index >= PERIOD) {
            table[index] = table[index - PERIOD];
            continue;
        }
        // xorshift: no two places look alike.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        table[index] = (uint8_t)(state >> 11);
    }
}

const uint8_t *pattern_at(uint64_t position) { return table + position % PERIOD; }

int pattern_matches(const uint8_t *bytes, size_t length, uint64_t position) {
    return memcmp(bytes, pattern_at(position), length) == 0;
}
