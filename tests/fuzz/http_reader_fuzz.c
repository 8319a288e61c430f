/* The reader looks at what strangers send: whatever it is, nothing outside the bytes may be touched, and the
 * story must be the same in one piece and in many. The first bytes of an input choose the rules and the cuts.
 */
#include "../unit/http_trace.h"

#include <stdint.h>
#include <stdio.h>

static size_t piece_random(void *arg, size_t left) {
    uint64_t *seed = arg;
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    size_t n = 1 + (size_t)((*seed >> 33) % ((*seed >> 60) < 8 ? 3 : 40));
    return n < left ? n : left;
}

static bool is_overflow(const char *story) {
    return strstr(story, "HPE_HEADER_OVERFLOW") != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    uint64_t seed = data[1] * 77u + 1;
    HttpRules rules = {
        .response = data[0] & 1,
        .lenient = data[0] & 2,
        .head_size_limit = data[0] & 4 ? 200 : 16384,
        .field_limit = data[0] & 8 ? 3 : 0,
    };
    Trace whole = {.rules = &rules, .accept_upgrade = data[0] & 16, .skip_body = data[0] & 32};
    Trace cut = whole;
    cut.piece = piece_random;
    cut.arg = &seed;
    cut.keep_between = data[0] & 64;
    char *expected = trace_read(&whole, (const char *)data + 2, size - 2, NULL);
    char *got = trace_read(&cut, (const char *)data + 2, size - 2, NULL);
    /* A head over its limit may be found too long before the rest of its line is found bad. */
    if (strcmp(expected, got) != 0 && !is_overflow(expected) && !is_overflow(got)) {
        fprintf(stderr, "whole:\n%s\ncut:\n%s\n", expected, got);
        abort();
    }
    free(expected);
    free(got);
    return 0;
}
