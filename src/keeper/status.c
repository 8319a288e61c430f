/* What a keeper tells of its workers, in the shape and with the names that readers of `jlist` know. */
#include "base/json.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <math.h>
#include <string.h>

static json_t *monit_of(const Run *run) {
    double cpu = run ? round(run->cpu_percent * 10) / 10 : 0;
    json_t *number = cpu == floor(cpu) ? json_integer((json_int_t)cpu) : json_real(cpu);
    return json_pack("{sIso}", "memory", (json_int_t)(run ? run->rss_bytes : 0), "cpu", number);
}

static void set_brief(json_t *env, const Worker *worker) {
    const App *app = worker->keeper->app;
    json_set_str(env, "status", worker_status(worker));
    json_set_str(env, "name", app->name);
    json_set_str(env, "namespace", app->namespace);
    json_set_str(env, "exec_mode", app->mode);
    json_set_str(env, "exec_interpreter", app->interpreter);
    json_set_str(env, "version", json_str(app->config, "version") ? json_str(app->config, "version") : "N/A");
    json_object_set_new(env, "pm_id", json_integer(worker->id));
    json_object_set_new(env, "pm_uptime", json_integer((json_int_t)worker->online_since));
    json_object_set_new(env, "created_at", json_integer((json_int_t)worker->created_at));
    json_object_set_new(env, "restart_time", json_integer(worker->restarts));
    json_object_set_new(env, "unstable_restarts", json_integer(worker->unstable_restarts));
    json_object_set(env, "watch", json_object_get(app->config, "watch"));
    json_set_str(env, "username", json_str(app->config, "username"));
    json_object_set(env, "autorestart", json_object_get(app->config, "autorestart"));
    json_set_str(env, "pm_exec_path", app->script);
    char *out = output_path(worker, false), *error = output_path(worker, true);
    json_set_str(env, "pm_out_log_path", out);
    json_set_str(env, "pm_err_log_path", error);
    mem_free(out);
    mem_free(error);
    if (worker->problem) json_set_str(env, "problem", worker->problem);
}

static void set_whole(json_t *env, const Worker *worker) {
    const App *app = worker->keeper->app;
    const Run *run = worker->run;
    char *pid_path =
        mem_printf("%s/pids/%s-%lld.pid", worker->keeper->home.path, worker->keeper->key, worker->id);
    json_set_str(env, "pm_pid_path", app->pid_path ? app->pid_path : pid_path);
    mem_free(pid_path);
    json_object_set_new(env, app->instance_var, json_integer(worker->index));
    json_object_set_new(env, "exit_code", json_integer(worker->exit_code));
    if (worker->state == WORKER_WAITING)
        json_object_set_new(env, "prev_restart_delay", json_integer((json_int_t)worker->delay_ms));
    json_object_set_new(env, "axm_actions", run && run->actions ? json_incref(run->actions) : json_array());
    json_object_set_new(env, "axm_monitor", run && run->metrics ? json_incref(run->metrics) : json_object());
    json_object_set_new(env, "axm_options", json_object());
    json_object_set_new(env, "axm_dynamic", json_object());
    if (!run) return;
    ProcFigures figures = {0};
    proc_read(run->pid, &figures);
    unsigned long connections = run->dealt ? cluster_worker_connections(run->dealt) : run->connections;
    json_object_set_new(env, "figures",
                        json_pack("{sIsIsisisI}", "pss", (json_int_t)proc_pss_bytes(run->pid), "cpu_ms",
                                  (json_int_t)figures.cpu_ms, "descriptors", (int)proc_descriptors(run->pid),
                                  "threads", (int)figures.threads, "connections", (json_int_t)connections));
}

static json_t *worker_to_json(const Worker *worker, bool whole) {
    const App *app = worker->keeper->app;
    json_t *env = whole ? json_copy((json_t *)app->env) : json_object();
    if (whole) json_object_update(env, app->config);
    set_brief(env, worker);
    if (whole) set_whole(env, worker);
    if (worker->run) run_sample(worker->run);
    return json_pack("{sisssosIso}", "pid", worker->run ? (int)worker->run->pid : 0, "name", app->name,
                     "pm2_env", env, "pm_id", (json_int_t)worker->id, "monit", monit_of(worker->run));
}

json_t *keeper_status(Keeper *keeper, bool whole) {
    json_t *list = json_array();
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (!worker->doomed) json_array_append_new(list, worker_to_json(worker, whole));
    }
    return list;
}
