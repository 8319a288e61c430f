/* The command line's options for lib/internal/options.js and lib/internal/main.js. */
#include "engine/call.h"
#include "modules/modules.h"
#include "runtime/options.h"

#include <stdlib.h>

static Value options_get(Call *call) {
    Realm *realm = call->realm;
    Options *options = realm->options.data;
    Object all = object_new(realm);
    MAP_EACH(&options->values, entry) {
        const char *value = entry->value;
        object_set(realm, all, entry->key,
                   *value == '\0'             ? value_bool(true)
                   : strcmp(value, "no") == 0 ? value_bool(false)
                                              : value_string(realm, value));
    }
    return all;
}

static Object word_list(Realm *realm, char **words, int word_count) {
    Value list[64];
    int count = 0;
    for (; count < word_count && count < 64; count++)
        list[count] = value_string(realm, words[count]);
    return array_new(realm, (size_t)count, list);
}

/* What to run: { script, scriptAt, eval, print, check, interactive, cachesCode, require: [], import: [] } */
static Value options_task(Call *call) {
    Realm *realm = call->realm;
    Options *options = realm->options.data;
    Object task = object_new(realm);
    if (options->script) object_set(realm, task, "script", value_string(realm, options->script));
    if (options->eval) object_set(realm, task, "eval", value_string(realm, options->eval));
    object_set_int(realm, task, "scriptAt", options->script_at);
    object_set(realm, task, "print", value_bool(options->print));
    object_set(realm, task, "check", value_bool(options->check));
    object_set(realm, task, "test", value_bool(options->test));
    object_set(realm, task, "interactive", value_bool(options->interactive));
    const char *cache = getenv("NODE_COMPILE_CACHE");
    object_set(realm, task, "cachesCode", value_bool(cache && *cache));
    object_set(realm, task, "require", word_list(realm, options->requires, options->require_count));
    object_set(realm, task, "import", word_list(realm, options->imports, options->import_count));
    return task;
}

static const Native functions[] = {
    {"get",         options_get},
    {"task",             options_task},
    {0}
};

const Module options_module = {"options", functions, NULL, NULL};
