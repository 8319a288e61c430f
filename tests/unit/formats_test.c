/* Sizes, durations, dates, YAML and control messages are read and written as people and peers expect. */
#include "unit.h"

#include "base/dateformat.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/yaml.h"

static void sizes_are_read_with_their_units(void **state) {
    uint64_t bytes;
    assert_true(size_parse("500M", &bytes) && bytes == 500u << 20);
    assert_true(size_parse("1.5G", &bytes) && bytes == 3ull << 29);
    assert_true(size_parse("200kb", &bytes) && bytes == 200 << 10);
    assert_true(size_parse("42", &bytes) && bytes == 42);
    assert_false(size_parse("many", &bytes));
    assert_false(size_parse("-1", &bytes));
    assert_false(size_parse("5 parsecs", &bytes));
    assert_false(size_parse("1e300G", &bytes));
}

static void durations_are_milliseconds_unless_they_say_otherwise(void **state) {
    uint64_t ms;
    assert_true(duration_parse("1600", &ms) && ms == 1600);
    assert_true(duration_parse("10s", &ms) && ms == 10000);
    assert_true(duration_parse("2h", &ms) && ms == 7200000);
    assert_false(duration_parse("soon", &ms));
}

static void sizes_and_durations_are_shown_short(void **state) {
    Bytes text = {0};
    size_print(&text, 0);
    bytes_append_char(&text, ' ');
    size_print(&text, 12902400);
    bytes_append_char(&text, ' ');
    duration_print(&text, 59999);
    bytes_append_char(&text, ' ');
    duration_print(&text, 7260000);
    assert_string_equal(text.data, "0b 12.3mb 59s 2h");
    bytes_free(&text);
}

static void dates_follow_their_pattern(void **state) {
    Bytes text = {0};
    setenv("TZ", "UTC", 1);
    date_print(&text, "YYYY-MM-DD HH:mm:ss.SSS Z [at] h A", 1767571200123);
    assert_string_equal(text.data, "2026-01-05 00:00:00.123 +00:00 at 12 AM");
    bytes_clear(&text);
    date_print_iso(&text, 1767571200123);
    assert_string_equal(text.data, "2026-01-05T00:00:00.123Z");
    bytes_free(&text);
}

static json_t *yaml(const char *text, char **error) {
    return yaml_load(text, strlen(text), error);
}

static void yaml_becomes_json_by_the_core_schema(void **state) {
    char *error;
    json_t *value =
        yaml("apps:\n  - name: a\n    instances: 2\n    watch: true\n    max: ~\n    id: '7'\n    pi: 3.5\n",
             &error);
    assert_non_null(value);
    Bytes text = {0};
    json_append_to(&text, value, JSON_COMPACT);
    assert_string_equal(
        text.data,
        "{\"apps\":[{\"name\":\"a\",\"instances\":2,\"watch\":true,\"max\":null,\"id\":\"7\",\"pi\":3.5}]}");
    bytes_free(&text);
    json_decref(value);
}

static void yaml_merge_keys_are_merged(void **state) {
    char *error;
    json_t *value = yaml("base: &b {x: 1, y: 2}\nit:\n  <<: *b\n  y: 3\n", &error);
    json_t *it = json_object_get(value, "it");
    assert_int_equal(json_int(it, "x", 0), 1);
    assert_int_equal(json_int(it, "y", 0), 3);
    json_decref(value);
}

static void bad_yaml_is_an_error_with_its_line(void **state) {
    char *error;
    assert_null(yaml("apps:\n  - name: [\n", &error));
    assert_non_null(strstr(error, "line "));
    mem_free(error);
    assert_null(yaml("", &error));
    mem_free(error);
}

static void yaml_that_repeats_itself_without_end_is_refused(void **state) {
    Bytes text = {0};
    char *error;
    bytes_append_str(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++)
        bytes_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
                     i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    assert_null(yaml_load(text.data, text.len, &error));
    assert_non_null(strstr(error, "too much"));
    mem_free(error);
    bytes_free(&text);
}

static void a_message_comes_whole_however_it_is_cut(void **state) {
    Bytes sent = {0}, got = {0};
    json_t *message = json_pack("{ssss}", "do", "list", "name", "\xc3\xa9"), *read = NULL;
    frame_append(&sent, message);
    for (size_t i = 0; i + 1 < sent.len; i++) {
        bytes_append(&got, sent.data + i, 1);
        assert_int_equal(frame_take(&got, &read), FRAME_NONE);
    }
    bytes_append(&got, sent.data + sent.len - 1, 1);
    assert_int_equal(frame_take(&got, &read), FRAME_READ);
    assert_true(json_equal(read, message));
    json_decref(read);
    json_decref(message);
    bytes_free(&sent);
    bytes_free(&got);
}

static void what_is_no_message_is_refused_before_it_is_read(void **state) {
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"\xff\xff\xff\xff",            4 },
        {"\0\0\0\2[]",                  6 },
        {"\0\0\0\1{",                   5 },
        {"\0\0\0\0",                    4 },
        {"\0\0\0\x0d{\"a\":1,\"a\":2}", 17}
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Bytes in = {0};
        json_t *message = NULL;
        bytes_append(&in, bad[i].bytes, bad[i].len);
        assert_int_equal(frame_take(&in, &message), FRAME_BAD);
        assert_null(message);
        bytes_free(&in);
    }
}

UNIT_TESTS(cmocka_unit_test(sizes_are_read_with_their_units),
           cmocka_unit_test(durations_are_milliseconds_unless_they_say_otherwise),
           cmocka_unit_test(sizes_and_durations_are_shown_short),
           cmocka_unit_test(dates_follow_their_pattern),
           cmocka_unit_test(yaml_becomes_json_by_the_core_schema),
           cmocka_unit_test(yaml_merge_keys_are_merged), cmocka_unit_test(bad_yaml_is_an_error_with_its_line),
           cmocka_unit_test(yaml_that_repeats_itself_without_end_is_refused),
           cmocka_unit_test(a_message_comes_whole_however_it_is_cut),
           cmocka_unit_test(what_is_no_message_is_refused_before_it_is_read))
