/* One line of a daemon's own log: its stderr, which is a file when nobody watches. */
#pragma once

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
