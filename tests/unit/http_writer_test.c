#include "unit.h"
#include "http/scan.h"
#include "http/status.h"
#include "http/writer.h"

static Slice text(const char *str) {
    return (Slice){str, strlen(str)};
}

static void heads_are_written(void **state) {
    Bytes out = {0};
    http_write_status_line(&out, 200, (Slice){0});
    http_write_status_line(&out, 404, (Slice){0});
    http_write_status_line(&out, 418, text("Short"));
    http_write_status_line(&out, 599, (Slice){0});
    http_write_request_line(&out, text("GET"), text("/a"));
    http_write_field(&out, text("A"), text("b c"));
    http_write_length(&out, 0);
    http_write_length(&out, UINT64_MAX);
    assert_string_equal(out.data, "HTTP/1.1 200 OK\r\nHTTP/1.1 404 Not Found\r\nHTTP/1.1 418 Short\r\n"
                                  "HTTP/1.1 599 unknown\r\nGET /a HTTP/1.1\r\nA: b c\r\nContent-Length: 0\r\n"
                                  "Content-Length: 18446744073709551615\r\n");
    bytes_clear(&out);
    http_write_refusal(&out, 431);
    assert_string_equal(out.data,
                        "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n");
    bytes_free(&out);
}

static void chunks_are_framed(void **state) {
    Bytes out = {0};
    http_write_chunk(&out, "hello", 5);
    http_write_chunk(&out, "0123456789abcdef!", 17);
    assert_string_equal(out.data, "5\r\nhello\r\n11\r\n0123456789abcdef!\r\n");
    bytes_free(&out);
    char line[HTTP_CHUNK_LINE_MAX];
    assert_int_equal(http_chunk_line(line, UINT64_MAX), 18);
    assert_memory_equal(line, "ffffffffffffffff\r\n", 18);
    assert_int_equal(http_chunk_line(line, 0), 3);
    assert_memory_equal(line, "0\r\n", 3);
    assert_int_equal(http_chunk_line(line, 4096), 6);
    assert_memory_equal(line, "1000\r\n", 6);
}

static void the_date_is_remade_when_the_second_changes(void **state) {
    HttpDate date = {0};
    assert_string_equal(http_date_line(&date, 0).data, "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
    assert_string_equal(http_date_line(&date, 951827696).data, "Date: Tue, 29 Feb 2000 12:34:56 GMT\r\n");
    assert_int_equal(http_date_line(&date, 951827696).len, 37);
}

static void names_and_values_that_would_split_a_message_are_seen(void **state) {
    assert_true(http_is_token(text("X-Y_z.1!")));
    assert_false(http_is_token(text("")));
    assert_false(http_is_token(text("a b")));
    assert_false(http_is_token(text("a:")));
    assert_false(http_is_token(text("caf\xc3\xa9")));
    assert_true(http_is_value(text("")));
    assert_true(http_is_value(text("any \t text, caf\xc3\xa9 and a longer run of it")));
    assert_false(http_is_value(text("0123456789012345678901234567\r\nSet-Cookie: x")));
    assert_false(http_is_value((Slice){"a\0b", 3}));
}

static void phrases_are_found_by_code(void **state) {
    assert_string_equal(http_status_reason(507).data, "Insufficient Storage");
    assert_string_equal(http_status_reason(299).data, "unknown");
    assert_string_equal(http_status_reason(-1).data, "unknown");
    assert_string_equal(http_status_reason(100000).data, "unknown");
    for (size_t i = 0; i < http_status_count; i++)
        assert_string_equal(http_status_reason(http_statuses[i].code).data, http_statuses[i].reason);
}

UNIT_TESTS(cmocka_unit_test(heads_are_written), cmocka_unit_test(chunks_are_framed),
           cmocka_unit_test(the_date_is_remade_when_the_second_changes),
           cmocka_unit_test(names_and_values_that_would_split_a_message_are_seen),
           cmocka_unit_test(phrases_are_found_by_code))
