/* Lines of a daemon's own log, each written at once so that several processes can share the file. */
#include "base/log.h"

#include "base/bytes.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

void log_line(const char *format, ...) {
    Bytes line = {0};
    char stamp[32];
    time_t now = time(NULL);
    struct tm tm;
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S: ", localtime_r(&now, &tm));
    bytes_append_str(&line, stamp);
    va_list args;
    va_start(args, format);
    bytes_vprintf(&line, format, args);
    va_end(args);
    bytes_append_char(&line, '\n');
    ssize_t written = write(STDERR_FILENO, line.data, line.len);
    (void)written; /* a log that cannot be written has nowhere to say so */
    bytes_free(&line);
}
