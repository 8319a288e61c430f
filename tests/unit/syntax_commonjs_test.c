#include "modules/syntax/commonjs.h"
#include "unit.h"

static void becomes(const char *source, const char *expected) {
    Bytes out = {0};
    commonjs_mark(source, strlen(source), &(CommonjsMarks){"S", "I", "1"}, &out);
    assert_string_equal(out.data, expected);
    bytes_free(&out);
}

static void a_catch_clause_shows_its_error(void **state) {
    becomes("try { f() } catch (e) { g(e) }", "try { f() } catch (e) {S(e); g(e) }");
    becomes("try{f()}catch(err){}", "try{f()}catch(err){S(err);}");
    becomes("try{a}catch(a){try{b}catch(b){}}", "try{a}catch(a){S(a);try{b}catch(b){S(b);}}");
}

static void what_only_looks_like_one_is_left_alone(void **state) {
    static const char *const same[] = {
        "'catch (e) {'",
        "`catch (e) { ${ 'catch (e) {' } }`",
        "// catch (e) {\nx",
        "/* catch (e) { */ x",
        "x = /catch (e) {/;",
        "if (x) /'catch (e) {/.test(y)",
        "p.catch(function (e) { })",
        "try {} catch { }",
        "try {} catch ({ message }) { }",
        "a = b / 2; c = '/catch (e) {'",
        "({ catch (e) { } })['x'", /* unbalanced: not understood */
        "'unterminated catch (e) {",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        becomes(same[i], same[i]);
}

static void code_inside_templates_is_code(void **state) {
    becomes("`${ (() => { try { } catch (e) { } })() } catch (e) {`",
            "`${ (() => { try { } catch (e) {S(e); } })() } catch (e) {`");
}

static void a_dynamic_import_calls_the_loader(void **state) {
    becomes("import('x')", "I(1,'x')");
    becomes("if (a) import (`${b}`).then(c)", "if (a) I (1,`${b}`).then(c)");
    becomes("x = [import(import('y'))]", "x = [I(1,I(1,'y'))]");
}

static void other_things_named_import_are_left_alone(void **state) {
    static const char *const same[] = {
        "a.import('x')",     "({ import(x) { return x } })", "class A { static async import(x) { } }",
        "x = { import: 1 }", "'import(1)' // import(2)",     "a?.import('x')",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        becomes(same[i], same[i]);
}

UNIT_TESTS(cmocka_unit_test(a_dynamic_import_calls_the_loader),
           cmocka_unit_test(other_things_named_import_are_left_alone),
           cmocka_unit_test(a_catch_clause_shows_its_error),
           cmocka_unit_test(what_only_looks_like_one_is_left_alone),
           cmocka_unit_test(code_inside_templates_is_code))
