/* What programs tell of themselves: metrics and actions, in the messages of PM2's own library, which Galley's
 * workers and the script that is preloaded into Node's send too. */
#include "base/json.h"
#include "keeper/internal.h"

#include <string.h>

/* More is some mistake in the program. */
enum { METRICS_MAX = 200, ACTIONS_MAX = 200 };

static void take_metrics(Run *run, json_t *data) {
    const char *name;
    json_t *metric;
    if (!run->metrics) run->metrics = json_object();
    json_object_foreach(data, name, metric) {
        bool fits = json_object_get(run->metrics, name) || json_object_size(run->metrics) < METRICS_MAX;
        if (json_is_object(metric) && fits) json_object_set(run->metrics, name, metric);
    }
}

static void take_action(Run *run, json_t *action) {
    const char *name = json_str(action, "action_name");
    if (!run->actions) run->actions = json_array();
    if (!name || json_array_size(run->actions) >= ACTIONS_MAX) return;
    size_t i;
    json_t *known;
    json_array_foreach(run->actions, i, known) {
        if (json_str(known, "action_name") && strcmp(json_str(known, "action_name"), name) == 0) return;
    }
    json_array_append(run->actions, action);
}

void report_take(Run *run, const json_t *message) {
    const char *type = json_str(message, "type");
    json_t *data = json_object_get(message, "data");
    if (!type || !json_is_object(data)) return;
    if (strcmp(type, "axm:monitor") == 0) take_metrics(run, data);
    if (strcmp(type, "axm:action") == 0) take_action(run, data);
}
