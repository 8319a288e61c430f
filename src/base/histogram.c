#include "base/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int log2_of(uint64_t n) {
    return 63 - __builtin_clzll(n | 1);
}

static size_t index_of(const Histogram *h, int64_t value) {
    int bits = h->unit_bits + h->half_bits + 1; /* of a value in the first bucket */
    int magnitude = log2_of((uint64_t)value) + 1 - bits;
    if (magnitude < 0) magnitude = 0;
    size_t within = (size_t)(value >> (magnitude + h->unit_bits));
    return ((size_t)magnitude << h->half_bits) + within;
}

/* The smallest value that is counted at an index, and how many share it. */
static int64_t value_at(const Histogram *h, size_t index, int64_t *width) {
    size_t half = (size_t)1 << h->half_bits;
    int magnitude = (int)(index >> h->half_bits) - 1;
    size_t within = (index & (half - 1)) + half;
    if (magnitude < 0) {
        magnitude = 0;
        within -= half;
    }
    *width = (int64_t)1 << (magnitude + h->unit_bits);
    return (int64_t)within << (magnitude + h->unit_bits);
}

bool histogram_open(Histogram *h, int64_t lowest, int64_t highest, int figures) {
    if (lowest < 1 || highest < 2 * lowest || figures < 1 || figures > 5) return false;
    *h = (Histogram){.lowest = lowest, .highest = highest};
    double wanted = 2 * pow(10, figures);
    h->unit_bits = log2_of((uint64_t)lowest);
    h->half_bits = (int)ceil(log2(wanted)) - 1;
    h->size = index_of(h, highest) + 1;
    h->counts = calloc(h->size, sizeof *h->counts);
    if (!h->counts) return false;
    histogram_reset(h);
    return true;
}

void histogram_close(Histogram *h) {
    free(h->counts);
    h->counts = NULL;
}

void histogram_reset(Histogram *h) {
    memset(h->counts, 0, h->size * sizeof *h->counts);
    h->count = h->exceeds = h->max = 0;
    h->min = INT64_MAX;
}

bool histogram_record(Histogram *h, int64_t value, int64_t times) {
    if (value < 0 || value > h->highest) {
        h->exceeds += times;
        return false;
    }
    h->counts[index_of(h, value)] += times;
    h->count += times;
    if (value < h->min) h->min = value;
    if (value > h->max) h->max = value;
    return true;
}

int64_t histogram_add(Histogram *h, const Histogram *other) {
    int64_t dropped = 0, width;
    for (size_t i = 0; i < other->size; i++) {
        if (!other->counts[i]) continue;
        int64_t value = value_at(other, i, &width);
        if (value > h->highest)
            dropped += other->counts[i];
        else {
            h->counts[index_of(h, value)] += other->counts[i];
            h->count += other->counts[i];
        }
    }
    h->exceeds += other->exceeds + dropped;
    if (other->min < h->min) h->min = other->min;
    if (other->max > h->max && other->max <= h->highest) h->max = other->max;
    return dropped;
}

double histogram_mean(const Histogram *h) {
    if (!h->count) return NAN;
    double sum = 0;
    int64_t width;
    for (size_t i = 0; i < h->size; i++) {
        if (!h->counts[i]) continue;
        int64_t low = value_at(h, i, &width);
        sum += (double)(low + width / 2) * (double)h->counts[i];
    }
    return sum / (double)h->count;
}

double histogram_deviation(const Histogram *h) {
    if (!h->count) return NAN;
    double mean = histogram_mean(h), sum = 0;
    int64_t width;
    for (size_t i = 0; i < h->size; i++) {
        if (!h->counts[i]) continue;
        int64_t low = value_at(h, i, &width);
        double away = (double)(low + width / 2) - mean;
        sum += away * away * (double)h->counts[i];
    }
    return sqrt(sum / (double)h->count);
}

int64_t histogram_percentile(const Histogram *h, double percentile) {
    if (!h->count) return 0;
    double exact = percentile / 100 * (double)h->count;
    int64_t wanted = (int64_t)ceil(exact - 1e-9), seen = 0, width;
    if (wanted < 1) wanted = 1;
    for (size_t i = 0; i < h->size; i++) {
        seen += h->counts[i];
        if (seen < wanted) continue;
        int64_t low = value_at(h, i, &width);
        return low + width - 1;
    }
    return h->max;
}
