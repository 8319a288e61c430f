/* An app's declaration is checked and completed by one table of options. */
#include "unit.h"

#include "base/json.h"
#include "base/mem.h"
#include "keeper/app.h"

static json_t *minimal(void) {
    return json_pack("{ssssssssssss}", "name", "api", "pm_exec_path", "/srv/app.js", "pm_cwd", "/srv",
                     "exec_interpreter", "node", "pm_out_log_path", "/o", "pm_err_log_path", "/e");
}

static App *read_with(const char *key, json_t *value, char **error) {
    json_t *config = minimal();
    json_object_set_new(config, key, value);
    App *app = app_new(config, error);
    json_decref(config);
    return app;
}

static void what_is_not_declared_has_its_initial_value(void **state) {
    char *error;
    json_t *config = minimal();
    App *app = app_new(config, &error);
    assert_non_null(app);
    assert_int_equal(app->kill_timeout, 1600);
    assert_int_equal(app->max_restarts, 16);
    assert_int_equal(app->min_uptime, 1000);
    assert_true(app->autorestart && app->treekill && app->autostart);
    assert_false(app->is_cluster || app->watch || app->wait_ready);
    assert_string_equal(app->namespace, "default");
    assert_string_equal(app->instance_var, "NODE_APP_INSTANCE");
    app_free(app);
    json_decref(config);
}

static void values_are_read_with_their_units(void **state) {
    char *error;
    App *app = read_with("max_memory_restart", json_string("500M"), &error);
    assert_int_equal(app->max_memory, 500 << 20);
    app_free(app);
    app = read_with("min_uptime", json_string("10s"), &error);
    assert_int_equal(app->min_uptime, 10000);
    app_free(app);
}

static void instances_can_be_a_number_max_less_than_max_or_auto(void **state) {
    char *error;
    App *app = read_with("instances", json_string("max"), &error);
    assert_int_equal(app->instances, 0);
    assert_true(app_instances_resolve(app->instances) >= 1);
    app_free(app);
    app = read_with("instances", json_integer(-1), &error);
    assert_true(app_instances_resolve(app->instances) >= 1);
    app_free(app);
    app = read_with("instances", json_string("auto"), &error);
    assert_true(app->instances_auto);
    app_free(app);
    assert_null(read_with("instances", json_string("lots"), &error));
    mem_free(error);
}

static void a_bad_value_is_refused_with_its_key(void **state) {
    static const struct {
        const char *key, *value;
    } bad[] = {
        {"max_memory_restart", "\"much\"" },
        {"exec_mode",          "\"spoon\""},
        {"env",                "7"        },
        {"cron_restart",       "\"now\""  },
        {"kill_timeout",       "-5"       },
        {"autorestart",        "7"        },
        {"name",               "\"a\\nb\""},
        {"name",               "\"all\""  },
        {"args",               "\"'open\""},
        {"args",               "7"        },
        {"port",               "\"x\""    },
        {"stop_exit_codes",    "[\"x\"]"  }
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *error = NULL;
        assert_null(read_with(bad[i].key, json_loads(bad[i].value, JSON_DECODE_ANY, NULL), &error));
        assert_non_null(strstr(error, bad[i].key));
        mem_free(error);
    }
}

static void an_option_is_found_by_each_of_its_names(void **state) {
    assert_ptr_equal(app_option_find("script"), app_option_find("pm_exec_path"));
    assert_ptr_equal(app_option_find("err_log"), app_option_find("error_file"));
    assert_ptr_equal(app_option_find("interpreter"), app_option_find("exec_interpreter"));
    assert_null(app_option_find("no such option"));
}

static void words_are_split_as_a_shell_does(void **state) {
    char **words = words_split(" --port 80 'two words' \"a\\\"b\" c\\ d ");
    assert_string_equal(words[0], "--port");
    assert_string_equal(words[1], "80");
    assert_string_equal(words[2], "two words");
    assert_string_equal(words[3], "a\"b");
    assert_string_equal(words[4], "c d");
    assert_null(words[5]);
    words_free(words);
    assert_null(words_split("it's"));
}

static void a_key_is_safe_in_a_path_and_different_for_different_names(void **state) {
    static const char *const names[] = {"../../etc/passwd", "a/b", "a b", "a:b", ".hidden",
                                        "\xc3\xa9t\xc3\xa9"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *key = app_key_for_name(names[i]);
        assert_null(strchr(key, '/'));
        assert_int_not_equal(key[0], '.');
        for (size_t n = 0; n < i; n++) {
            char *other = app_key_for_name(names[n]);
            assert_string_not_equal(key, other);
            mem_free(other);
        }
        mem_free(key);
    }
    char *plain = app_key_for_name("api-2.web_x");
    assert_string_equal(plain, "api-2.web_x");
    mem_free(plain);
}

UNIT_TESTS(cmocka_unit_test(what_is_not_declared_has_its_initial_value),
           cmocka_unit_test(values_are_read_with_their_units),
           cmocka_unit_test(instances_can_be_a_number_max_less_than_max_or_auto),
           cmocka_unit_test(a_bad_value_is_refused_with_its_key),
           cmocka_unit_test(an_option_is_found_by_each_of_its_names),
           cmocka_unit_test(words_are_split_as_a_shell_does),
           cmocka_unit_test(a_key_is_safe_in_a_path_and_different_for_different_names))
