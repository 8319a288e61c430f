/* What reading a request costs without sockets and engine: nanoseconds for each of a few typical requests,
 * whole in one read, and cut in two. */
#include "http/reader.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// clang-format off
static const struct {
    const char *name, *text;
} requests[] = {
    {"wrk (43 bytes)",             "GET / HTTP/1.1\r\nHost: 127.0.0.1:8123\r\n\r\n"           },
    {"curl",
     "GET /users/42?full=1 HTTP/1.1\r\nHost: localhost:8123\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n"},
    {"browser",
     "GET /articles/today HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
     "Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like "
     "Gecko) Chrome/130.0.0.0 Safari/537.36\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;"
     "q=0.8\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\nCookie: "
     "session=0123456789abcdef0123456789abcdef; theme=dark\r\n\r\n"                           },
    {"POST with 11 bytes",
     "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world"},
};
// clang-format on

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double read_many(const char *text, size_t cut, long rounds) {
    static char buffer[4096];
    size_t len = strlen(text);
    HttpRules rules = {.head_size_limit = 16384, .field_limit = 2000};
    HttpReader reader;
    HttpHead head = {0};
    Slice body;
    long heads = 0;
    memcpy(buffer, text, len);
    http_reader_init(&reader, &rules);
    double start = now_ns();
    for (long i = 0; i < rounds; i++) {
        HttpEvent event;
        if (cut) {
            http_reader_feed(&reader, buffer, cut);
            while ((event = http_reader_next(&reader, &head, &body)) > HTTP_MORE)
                heads += event == HTTP_HEAD;
        }
        http_reader_feed(&reader, buffer + cut, len - cut);
        while ((event = http_reader_next(&reader, &head, &body)) > HTTP_MORE)
            heads += event == HTTP_HEAD;
    }
    double each = (now_ns() - start) / (double)rounds;
    http_reader_free(&reader);
    http_head_free(&head);
    if (heads != rounds) printf("  (%ld requests were read, not %ld)\n", heads, rounds);
    return each;
}

int main(void) {
    printf("%-20s %8s %10s %12s\n", "request", "bytes", "ns whole", "ns in two");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        size_t len = strlen(requests[i].text);
        printf("%-20s %8zu %10.0f %12.0f\n", requests[i].name, len, read_many(requests[i].text, 0, 1000000),
               read_many(requests[i].text, len / 2, 500000));
    }
    return 0;
}
