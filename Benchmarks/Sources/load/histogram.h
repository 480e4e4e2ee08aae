// Counts of durations in buckets of 1/64 of their power of two: 1.6 % exact, as HdrHistogram does it.
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum { SUB_BITS = 6, SUB_BUCKETS = 1 << SUB_BITS, BUCKETS = (64 - SUB_BITS + 1) * SUB_BUCKETS };

struct histogram {
    uint64_t total;
    uint64_t counts[BUCKETS];
};

static inline void histogram_record(struct histogram *histogram, uint64_t value) {
    unsigned index = (unsigned)value;
    if (value >= SUB_BUCKETS) {
        unsigned shift = 63u - SUB_BITS - (unsigned)__builtin_clzll(value);
        index = ((shift + 1) << SUB_BITS) + (unsigned)((value >> shift) & (SUB_BUCKETS - 1));
    }
    histogram->counts[index]++;
    histogram->total++;
}

// The middle of the bucket in which `fraction` (0 to 1) of all values is reached.
static inline double histogram_quantile(const struct histogram *histogram, double fraction) {
    uint64_t wanted = (uint64_t)(fraction * (double)histogram->total), seen = 0;
    for (unsigned index = 0; index < BUCKETS; index++) {
        seen += histogram->counts[index];
        if (histogram->counts[index] == 0 || seen <= wanted) continue;
        if (index < SUB_BUCKETS) return index;
        unsigned shift = (index >> SUB_BITS) - 1;
        uint64_t low = (uint64_t)(SUB_BUCKETS + (index & (SUB_BUCKETS - 1))) << shift;
        return (double)low + (double)(1ull << shift) / 2;
    }
    return 0;
}

#endif
