#include "cli/wording.h"

#include "base/json.h"

void word_action(const Session *session, const char *action, const char *what, const json_t *workers) {
    if (!session->is_pm2) return;
    Bytes ids = {0};
    for (size_t i = 0; i < json_array_size(workers); i++)
        bytes_printf(&ids, "%s %lld", i ? "," : "", json_int(json_array_get(workers, i), "pm_id", 0));
    say(session, "Applying action %s on app [%s](ids: [%s ])", action, what, ids.data ? ids.data : "");
    bytes_free(&ids);
}

void word_new_apps(const Session *session, const json_t *names) {
    if (!session->is_pm2 || !json_array_size(names)) return;
    Bytes list = {0};
    for (size_t i = 0; i < json_array_size(names); i++)
        bytes_printf(&list, "%s%s", i ? ", " : "", json_string_value(json_array_get(names, i)));
    say_warning(session, "Applications %s not running, starting...", list.data);
    bytes_free(&list);
}

void word_app_started(const Session *session, const char *name, const json_t *workers, bool is_new) {
    if (!session->is_pm2) return;
    if (is_new) say(session, "App [%s] launched (%zu instances)", name, json_array_size(workers));
    for (size_t i = 0; i < json_array_size(workers) && !is_new; i++)
        say(session, "[%s](%lld) ✓", name, json_int(json_array_get(workers, i), "id", 0));
}
