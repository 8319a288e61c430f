/* TypeScript is read by trying what something might be and going back, which must end soon, stay inside the
 * source's bytes, and leave every line and everything else where it is. */
#include "modules/syntax/typescript.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t lines_in(const char *text, size_t len) {
    size_t lines = 0;
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *source = malloc(size + 1); /* of its own size, so that reading behind it is seen */
    for (size_t i = 0; i < size; i++)
        source[i] = (char)data[i];
    Bytes out = {0};
    StrippedTypes result;
    if (typescript_strip(source, size, &out, &result)) {
        if (lines_in(source, size) != lines_in(out.data ? out.data : "", out.len)) abort();
        if (out.len > size) abort();
    } else if (result.failed_at > size || result.failed_end < result.failed_at) {
        abort();
    }
    bytes_free(&out);
    free(source);
    return 0;
}
