/* A program's text is whatever its file holds: reading it must end, stay inside its bytes, and leave every
 * line where it is. */
#include "modules/syntax/commonjs.h"
#include "modules/syntax/transform.h"
#include "modules/syntax/using.h"

#include <stdint.h>
#include <stdlib.h>

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
    TransformedModule result;
    module_transform(source, size, &out, &result);
    bytes_clear(&out);
    CommonjsMarks marks = {"S", "I", "1"};
    commonjs_mark(source, size, &marks, &out);
    if (lines_in(source, size) != lines_in(out.data ? out.data : "", out.len)) abort();
    bytes_clear(&out);
    if (using_lower(source, size, &out) && lines_in(out.data, out.len) > lines_in(source, size) + 1) abort();
    bytes_free(&out);
    free(source);
    return 0;
}
