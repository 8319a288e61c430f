/* Counts of values in buckets that grow with the value, so that three digits of any duration are kept
 * in memory of fixed size: event loop delays, request times. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t lowest, highest; /* what can be told apart, what can be recorded */
    int unit_bits;           /* values below 2^unit_bits are one */
    int half_bits;           /* log2 of half the buckets of one magnitude */
    size_t size;
    int64_t *counts;
    int64_t count, exceeds;
    int64_t min, max;
} Histogram;

/* False if there is no memory or the bounds make no sense. figures: 1 to 5 significant digits. */
bool histogram_open(Histogram *histogram, int64_t lowest, int64_t highest, int figures);
void histogram_close(Histogram *histogram);
void histogram_reset(Histogram *histogram);
/* A value above the highest is counted as exceeding, and false. */
bool histogram_record(Histogram *histogram, int64_t value, int64_t times);
/* Adds all that `other` has recorded; returns how many values did not fit. */
int64_t histogram_add(Histogram *histogram, const Histogram *other);
double histogram_mean(const Histogram *histogram);
double histogram_deviation(const Histogram *histogram);
/* The value that `percentile` of a hundred values are not above. */
int64_t histogram_percentile(const Histogram *histogram, double percentile);
