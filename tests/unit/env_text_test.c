#include "base/env_text.h"
#include "unit.h"

static void append(void *context, const char *key, const char *value) {
    bytes_printf(context, "%s=%s|", key, value);
}

static void is_read_as(const char *text, const char *expected) {
    Bytes out = {0};
    env_text_read(slice_from_str(text), append, &out);
    assert_string_equal(out.data ? out.data : "", expected);
    bytes_free(&out);
}

static void lines_are_keys_and_values_without_blanks_around(void **state) {
    is_read_as("A=1\nB = two words \r\n\tC\t=\t3\rD=", "A=1|B=two words|C=3|D=|");
    is_read_as("export A=1\nexport   B=2\nexport=3\nEX=export 4", "A=1|B=2|export=3|EX=export 4|");
}

static void comments_and_lines_without_a_sign_are_nothing(void **state) {
    is_read_as("# A=1\nB=2 # three\nfoo\n\n=4\nC='#5' # six\nD=#7", "B=2|C=#5|D=|");
}

static void quotes_hold_lines_and_signs(void **state) {
    is_read_as("A='a\nb'\nB=\"c\\nd\"\nC='e\\nf'\nD=`'\"`", "A=a\nb|B=c\nd|C=e\\nf|D='\"|");
    is_read_as("A='open\nB=1", "A='open|B=1|");
}

static void a_text_may_end_anywhere(void **state) {
    is_read_as("", "");
    is_read_as("A", "");
    is_read_as("A=\"", "A=\"|");
    is_read_as("A=\"x\\", "A=\"x\\|");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_keys_and_values_without_blanks_around),
        cmocka_unit_test(comments_and_lines_without_a_sign_are_nothing),
        cmocka_unit_test(quotes_hold_lines_and_signs),
        cmocka_unit_test(a_text_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
