/* An .env file is whatever somebody left in a folder. */
#include "base/env_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void check(void *context, const char *key, const char *value) {
    if (!*key || strchr(key, '=') || strlen(value) > *(size_t *)context) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)data[i];
    env_text_read((Slice){text, size}, check, &size);
    free(text);
    return 0;
}
