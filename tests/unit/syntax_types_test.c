#include "modules/syntax/typescript.h"
#include "unit.h"

static void is_left(const char *source, const char *expected) {
    Bytes out = {0};
    StrippedTypes result;
    if (!typescript_strip(source, strlen(source), &out, &result))
        fail_msg("not read: %s, from %zu", source, result.failed_at);
    assert_string_equal(out.data, expected);
    bytes_free(&out);
}

static void is_refused(const char *source, const char *part) {
    Bytes out = {0};
    StrippedTypes result;
    if (typescript_strip(source, strlen(source), &out, &result)) fail_msg("read: %s", source);
    if (!part)
        assert_null(result.unsupported);
    else if (!result.unsupported || !strstr(result.unsupported, part))
        fail_msg("%s is not in %s", part, result.unsupported ? result.unsupported : "nothing");
    bytes_free(&out);
}

static void types_of_variables_and_functions_become_blanks(void **state) {
    is_left("let a: A<B<C>>= 1, b!: [x?: 1]", "let a         = 1, b          ");
    is_left("function f<T>(this: X, a?: T, ...b: T[]): a is T {}",
            "function f   (         a    , ...b     )         {}");
    is_left("try {} catch (e: unknown) {}", "try {} catch (e         ) {}");
    is_left("function f(a: 1): 2;\nfunction f(a) {}", "                    \nfunction f(a) {}");
}

static void casts_go_and_statements_stay_apart(void **state) {
    is_left("a = b as any as C<D>[]; e!.f![0]", "a = b                 ; e .f [0]");
    is_left("a = b as any < d", "a = b        < d");
    is_left("a = b as C\n(d)", "a = b ;   \n(d)");
    is_left("a = b\ntype C = 1\n(d)", "a = b\n;         \n(d)");
}

static void arrows_are_told_from_parentheses(void **state) {
    is_left("a ? (b) : c => d", "a ? (b) : c => d");
    is_left("a ? (b): c => d : e", "a ? (b)    => d : e");
    is_left("f((a: b, {c}: d = (e)): g => h)", "f((a   , {c}    = (e))    => h)");
    is_left("a = (b): {\n} => c", "a = (b    \n) => c");
    is_left("throw <T>\n(a) => b", "throw (  \n a) => b");
    is_left("async <T>(a: T) => a", "async    (a   ) => a");
}

static void type_arguments_are_told_from_comparisons(void **state) {
    is_left("f<A>(b); new C<D>; a < b, c > d; a<b>c; e<F>`g`",
            "f   (b); new C   ; a < b, c > d; a<b>c; e   `g`");
    is_left("a < (b >> c) && d < e", "a < (b >> c) && d < e");
}

static void classes_lose_what_only_the_compiler_sees(void **state) {
    is_left("abstract class A<T> extends B<T> implements C {}",
            "         class A    extends B                 {}");
    is_left("class A { private readonly x?: B = 1; declare y: C\n['z'] = 2 }",
            "class A {                  x     = 1; ;           \n['z'] = 2 }");
    is_left("class A { [k: string]: B; m(): void; m() {} abstract n(): C }",
            "class A {                            m() {}                 }");
    is_left("class A { declare; readonly = 1; static: B; get<T>() {} }",
            "class A { declare; readonly = 1; static   ; get   () {} }");
}

static void imports_and_exports_of_types_go(void **state) {
    is_left("import type A from 'a'; import type, { type B, c } from 'd'",
            "                        import type, {         c } from 'd'");
    is_left("export type { A }; export { type B, c }; export interface D {}",
            "                   export {         c };                      ");
    is_left("import { type as as } from 'a'", "import { type as as } from 'a'");
}

static void names_of_types_words_are_names(void **state) {
    is_left("let type = 1; type = 2; declare\n(type); namespace.is",
            "let type = 1; type = 2; declare\n(type); namespace.is");
    is_left("a as\nb", "a   \n ");
}

static void what_needs_code_is_refused(void **state) {
    is_refused("enum A {}", "enum");
    is_refused("namespace A { export let b = 1 }", "namespace");
    is_refused("class A { constructor(private b) {} }", "parameter property");
    is_refused("import a = require('b')", "import equals");
    is_refused("export = a", "export assignment");
    is_refused("let a = <B>c", "angle-bracket");
    is_left("declare enum A {}; declare namespace B { let c: 1 }",
            "                 ;                                 ");
    is_left("namespace A { type B = 1 }", "                          ");
}

static void what_is_wrong_is_refused(void **state) {
    is_refused("let a: = 1", NULL);
    is_refused("type A = {", NULL);
    is_refused("import { type A", NULL);
    is_refused("f<A>(", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_variables_and_functions_become_blanks),
        cmocka_unit_test(casts_go_and_statements_stay_apart),
        cmocka_unit_test(arrows_are_told_from_parentheses),
        cmocka_unit_test(type_arguments_are_told_from_comparisons),
        cmocka_unit_test(classes_lose_what_only_the_compiler_sees),
        cmocka_unit_test(imports_and_exports_of_types_go),
        cmocka_unit_test(names_of_types_words_are_names),
        cmocka_unit_test(what_needs_code_is_refused),
        cmocka_unit_test(what_is_wrong_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
