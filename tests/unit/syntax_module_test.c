#include "modules/syntax/transform.h"
#include "unit.h"

/* The module's own lines behind the wrapper, its facts left away. */
static void body_becomes(const char *source, const char *expected) {
    Bytes out = {0};
    TransformedModule result;
    assert_true(module_transform(source, strlen(source), &out, &result));
    char *suffix = strstr(out.data, "\n;function $$link(");
    assert_non_null(suffix);
    *suffix = '\0';
    assert_string_equal(out.data + result.prefix, expected);
    bytes_free(&out);
}

static void answer_has(const char *source, const char *part) {
    Bytes out = {0};
    TransformedModule result;
    assert_true(module_transform(source, strlen(source), &out, &result));
    if (!strstr(out.data, part)) fail_msg("%s is not in %s", part, out.data);
    bytes_free(&out);
}

static void is_refused(const char *source) {
    Bytes out = {0};
    TransformedModule result;
    if (module_transform(source, strlen(source), &out, &result)) fail_msg("taken for a module: %s", source);
    bytes_free(&out);
}

#define IMPORT "import a, { b, c as d } from 'x';"
#define BLANK "                                 "

static void references_to_imports_become_properties(void **state) {
    body_becomes(IMPORT "x = a + d", BLANK "x = $$0.default + $$0.c");
    body_becomes(IMPORT "x = {b, d: b}", BLANK "x = {b:$$0.b, d: $$0.b}");
    body_becomes("import * as n from 'x';n.f(n)", "                       $$0.f($$0)");
    body_becomes("import {'p-q' as r} from 'x';r = `${r}`",
                 "                             $$0['p-q'] = `${$$0['p-q']}`");
}

static void calls_have_no_this(void **state) {
    body_becomes(IMPORT "x = b(1)", BLANK "x = (0,$$0.b)(1)");
    body_becomes(IMPORT "x\nb(1)", BLANK "x\n;(0,$$0.b)(1)");
    body_becomes(IMPORT "if (x)\nb`y`\nelse b?.()", BLANK "if (x)\n(0,$$0.b)`y`\nelse (0,$$0.b)?.()");
    body_becomes(IMPORT "new b(b.x())", BLANK "new $$0.b($$0.b.x())");
}

static void what_an_inner_scope_declares_is_no_import(void **state) {
    static const char *const same[] = {
        "{ let b; b }",
        "function f() { if (b) { var b } }",
        "(b, [d] = b) => b + d",
        "b => b",
        "async ({ b, ...d }) => d(b)",
        "try { } catch { for (const b of []) b }",
        "x = class b { m(d) { b(d) } }",
        "x = function b() { b() }",
        "x.b = { b: 1, d() { } }; b: for (;;) break b",
        "class Y { b = 1; static d; get b() { return this.b } #b }",
        "switch (1) { case 1: let b; b }",
        "x = /b/ / 2; y = 1 / 2 /* b */ // b",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char *source, *expected;
        assert_true(asprintf(&source, IMPORT "%s", same[i]) > 0);
        assert_true(asprintf(&expected, BLANK "%s", same[i]) > 0);
        body_becomes(source, expected);
        free(source);
        free(expected);
    }
}

static void exports_become_functions_that_read_them(void **state) {
    answer_has("export const a = 1; export function f() { }",
               "[{__proto__:null,[\"a\"]:()=>a,[\"f\"]:()=>f},");
    answer_has("export let a; a = 1", "{__proto__:null,[\"a\"]:()=>a}]}");
    answer_has("export let { a, b: [c] } = d, e; [c] = e", "{__proto__:null,[\"c\"]:()=>c}]}");
    answer_has("let a; export { a as 'b c' }", "['b c']:()=>a");
    answer_has("export * from 'x'; export { y as z } from 'q'; export * as n from 'x'",
               "indirect:[\"z\",1,\"y\",1,\"n\",2,null,1,],stars:[0,]");
    answer_has("import { a } from 'x'; export { a as b }", "indirect:[\"b\",0,\"a\",1,]");
}

static void a_default_export_is_named_default(void **state) {
    body_becomes("export default class { }\nx", "const $$default={default: class { }}.default;\nx");
    body_becomes("export default function () { }", "               function $$default () { }");
    body_becomes("export default async function* f() { }", "               async function* f() { }");
    body_becomes("export default a", "const $$default={default: a}.default;");
}

static void lines_stay_where_they_are(void **state) {
    body_becomes("import {\n a\n}\nfrom 'x'\na", "        \n  \n \n        \n$$0.a");
    body_becomes("export {\n}\n;1", "        \n \n 1");
}

static void a_module_that_awaits_is_known(void **state) {
    static const struct {
        const char *source;
        bool awaits;
    } cases[] = {
        {"await 1",                                                           true },
        {"for await (const a of b) ;",                                        true },
        {"x = { y: `${await z}` }",                                           true },
        {"async () => { await 1 }",                                           false},
        {"class A { async m() { await 1 } }",                                 false},
        {"async function f(a = async () => await 2) { for await (a of b); }", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bytes out = {0};
        TransformedModule result;
        assert_true(module_transform(cases[i].source, strlen(cases[i].source), &out, &result));
        assert_int_equal(result.awaits, cases[i].awaits);
        bytes_free(&out);
    }
}

static void what_is_no_module_is_refused(void **state) {
    static const char *const wrong[] = {
        "return 1",
        "import { a } from 'x'; let a",
        "export { nothing }",
        "export let a; export { a }",
        "function f() {",
        "{ import 'x' }",
        "a b",
        "`${",
        "x = /a",
        "'a\nb'",
        "((((",
        "export default",
        "if (a) export let b",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        is_refused(wrong[i]);
}

static void depth_has_an_end(void **state) {
    enum { DEEP = 100000 };
    char *source = malloc(DEEP + 1);
    memset(source, '(', DEEP);
    source[DEEP] = '\0';
    is_refused(source);
    memset(source, '[', DEEP);
    is_refused(source);
    free(source);
}

UNIT_TESTS(cmocka_unit_test(references_to_imports_become_properties), cmocka_unit_test(calls_have_no_this),
           cmocka_unit_test(what_an_inner_scope_declares_is_no_import),
           cmocka_unit_test(exports_become_functions_that_read_them),
           cmocka_unit_test(a_default_export_is_named_default), cmocka_unit_test(lines_stay_where_they_are),
           cmocka_unit_test(a_module_that_awaits_is_known), cmocka_unit_test(what_is_no_module_is_refused),
           cmocka_unit_test(depth_has_an_end))
