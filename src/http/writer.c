/* Every response goes through here, so each piece is appended by copying known lengths; printf is for the
 * cold. */
#include "http/writer.h"
#include "http/status.h"

#include <string.h>

static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void two_digits(char *to, int n) {
    to[0] = (char)('0' + n / 10 % 10);
    to[1] = (char)('0' + n % 10);
}

void http_date_format(char text[30], time_t when) {
    struct tm tm;
    gmtime_r(&when, &tm);
    memcpy(text, "Ddd, 00 Mmm 0000 00:00:00 GMT", 30);
    memcpy(text, days[tm.tm_wday], 3);
    two_digits(text + 5, tm.tm_mday);
    memcpy(text + 8, months[tm.tm_mon], 3);
    two_digits(text + 12, (tm.tm_year + 1900) / 100);
    two_digits(text + 14, tm.tm_year % 100);
    two_digits(text + 17, tm.tm_hour);
    two_digits(text + 20, tm.tm_min);
    two_digits(text + 23, tm.tm_sec);
}

Slice http_date_line(HttpDate *date, time_t now) {
    if (date->len == 0 || date->second != now) {
        memcpy(date->line, "Date: ", 6);
        http_date_format(date->line + 6, now);
        memcpy(date->line + 35, "\r\n", 3);
        date->second = now;
        date->len = 37;
    }
    return (Slice){date->line, date->len};
}

void http_write_status_line(Bytes *out, int status, Slice reason) {
    if (status == 200 && !reason.data) {
        bytes_append(out, "HTTP/1.1 200 OK\r\n", 17);
        return;
    }
    if (!reason.data) reason = http_status_reason(status);
    char start[] = "HTTP/1.1 000 ";
    start[9] = (char)('0' + status / 100 % 10);
    two_digits(start + 10, status % 100);
    bytes_append(out, start, 13);
    bytes_append(out, reason.data, reason.len);
    bytes_append(out, "\r\n", 2);
}

void http_write_request_line(Bytes *out, Slice method, Slice target) {
    bytes_append(out, method.data, method.len);
    bytes_append_char(out, ' ');
    bytes_append(out, target.data, target.len);
    bytes_append(out, " HTTP/1.1\r\n", 11);
}

void http_write_field(Bytes *out, Slice name, Slice value) {
    bytes_reserve(out, name.len + value.len + 4);
    bytes_append(out, name.data, name.len);
    bytes_append(out, ": ", 2);
    bytes_append(out, value.data, value.len);
    bytes_append(out, "\r\n", 2);
}

void http_write_length(Bytes *out, uint64_t content_length) {
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + content_length % 10);
    while (content_length /= 10);
    http_write_field(out, (Slice){"Content-Length", 14}, (Slice){digits + at, sizeof digits - at});
}

size_t http_chunk_line(char line[HTTP_CHUNK_LINE_MAX], uint64_t len) {
    int shift = len ? (63 - __builtin_clzll(len)) / 4 * 4 : 0;
    size_t at = 0;
    for (; shift >= 0; shift -= 4)
        line[at++] = "0123456789abcdef"[len >> shift & 15];
    memcpy(line + at, "\r\n", 2);
    return at + 2;
}

void http_write_chunk(Bytes *out, const void *data, size_t len) {
    char line[HTTP_CHUNK_LINE_MAX];
    bytes_reserve(out, len + sizeof line + 2);
    bytes_append(out, line, http_chunk_line(line, len));
    bytes_append(out, data, len);
    bytes_append(out, "\r\n", 2);
}

void http_write_refusal(Bytes *out, int status) {
    http_write_status_line(out, status, (Slice){0});
    bytes_append_str(out, "Connection: close\r\n\r\n");
}
