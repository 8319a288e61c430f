/* Which workers a command means; see select.h. */
#include "cli/select.h"

#include "base/json.h"
#include "base/mem.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *worker_text(const json_t *worker, const char *key) {
    const char *text = json_str(json_object_get(worker, "pm2_env"), key);
    return text ? text : "";
}

static bool regex_matches(const char *word, const char *name) {
    regex_t regex;
    char *pattern = mem_strndup(word + 1, strlen(word) - 2);
    bool matches = false;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0) {
        matches = regexec(&regex, name, 0, NULL, 0) == 0;
        regfree(&regex);
    }
    mem_free(pattern);
    return matches;
}

bool select_matches(const json_t *worker, const char *word) {
    const char *name = json_str(worker, "name");
    size_t len = strlen(word);
    char *end;
    long long id = strtoll(word, &end, 10);
    if (strcmp(word, "all") == 0) return true;
    if (name && strcmp(name, word) == 0) return true;
    if (end != word && !*end) return id == json_int(worker, "pm_id", -1);
    if (len > 2 && word[0] == '/' && word[len - 1] == '/') return name && regex_matches(word, name);
    return strcmp(worker_text(worker, "namespace"), word) == 0;
}

json_t *select_workers(const Session *session, const json_t *workers, char **words) {
    json_t *chosen = json_array();
    size_t i;
    json_t *worker;
    bool failed = false;
    for (char **word = words; *word; word++) {
        bool any = false;
        json_array_foreach(workers, i, worker) any |= select_matches(worker, *word);
        if (any) continue;
        if (strcmp(*word, "all") == 0)
            say_warning(session, "No process found");
        else
            say_error(session, "Process or Namespace %s not found", *word);
        failed = true;
    }
    json_array_foreach(workers, i, worker) {
        bool wanted = false;
        for (char **word = words; *word; word++)
            wanted |= select_matches(worker, *word);
        if (wanted) json_array_append(chosen, worker);
    }
    if (!failed) return chosen;
    json_decref(chosen);
    return NULL;
}

json_t *select_by_key(const json_t *workers) {
    json_t *groups = json_object();
    size_t i;
    json_t *worker;
    json_array_foreach(workers, i, worker) {
        const char *key = json_str(worker, "key");
        json_t *ids = key ? json_object_get(groups, key) : NULL;
        if (key && !ids) json_object_set_new(groups, key, ids = json_array());
        if (ids) json_array_append(ids, json_object_get(worker, "pm_id"));
    }
    return groups;
}
