/* Commands about the manager itself. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "manager/metrics.h"
#include "sys/procfs.h"
#include "sys/wire.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

int command_kill(Session *session) {
    if (!session_connect(session, false)) {
        say_warning(session, session->is_pm2 ? "No process found" : "nothing is running");
        say(session, session->is_pm2 ? "[v] PM2 Daemon Stopped" : "stopped");
        return EXIT_SUCCESS;
    }
    json_t *answer = session_call(session, json_pack("{ss}", "do", "quit"));
    const char *error = json_str(answer, "error");
    if (error) say_error(session, "%s", error);
    bool done = answer && !error;
    if (done && session->is_pm2) say(session, "[v] All Applications Stopped");
    if (done) say(session, session->is_pm2 ? "[v] PM2 Daemon Stopped" : "stopped");
    json_decref(answer);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

int command_ping(Session *session) {
    if (!session_connect(session, true)) return EXIT_FAILURE;
    json_t *answer = session_call(session, json_pack("{ss}", "do", "ping"));
    if (answer && session->is_pm2)
        printf("{ msg: 'pong' }\n");
    else if (answer)
        printf("pong (galley %s, pid %lld)\n", json_str(answer, "version"), json_int(answer, "pid", 0));
    json_decref(answer);
    return answer ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* One that cannot yet goes on as the old program. */
static int keepers_update(Session *session) {
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    if (len < 0) {
        say_error(session, "cannot tell where this program is: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    program[len] = 0;
    json_t *answer = session_call(session, json_pack("{ssss}", "do", "update", "program", program)), *entry;
    int exit_code = answer ? EXIT_SUCCESS : EXIT_FAILURE;
    size_t i, count = 0;
    json_array_foreach(json_object_get(answer, "workers"), i, entry) {
        const char *error = json_str(entry, "error");
        count += !error;
        if (!error) continue;
        say_error(session, "%s goes on under the old program: %s", json_str(entry, "key"), error);
        exit_code = EXIT_FAILURE;
    }
    json_decref(answer);
    json_decref(session_list(session, false)); /* all are back */
    if (exit_code == EXIT_SUCCESS && !session->is_pm2)
        say(session, "galley %s runs, with %zu app%s", GALLEY_VERSION, count, count == 1 ? "" : "s");
    return exit_code;
}

/* The root of the old program leaves, the new one's finds its keepers; apps notice nothing. */
int command_update(Session *session) {
    if (session_connect(session, false)) {
        json_t *answer = session_call(session, json_pack("{ss}", "do", "leave"));
        bool left = json_flag(answer, "ok", false);
        json_decref(answer);
        if (!left) return EXIT_FAILURE;
        char byte;
        while (read(session->fd, &byte, 1) > 0)
            ;
        close(session->fd);
        session->fd = -1;
    }
    if (!session_connect(session, true)) return EXIT_FAILURE;
    return keepers_update(session);
}

int command_metrics(Session *session) {
    json_t *workers = session_list(session, true);
    Bytes text = {0};
    metrics_print(&text, workers);
    fwrite(text.data, 1, text.len, stdout);
    bytes_free(&text);
    json_decref(workers);
    return EXIT_SUCCESS;
}

/* What somebody who is to help wants to know; nothing of any app's environment. */
int command_report(Session *session) {
    struct utsname system;
    uname(&system);
    printf("galley %s\nhome %s\n%s %s %s, %u cores\n", GALLEY_VERSION, session->home.path, system.sysname,
           system.release, system.machine, cpu_count());
    if (session_connect(session, false)) {
        json_t *answer = session_call(session, json_pack("{ss}", "do", "ping"));
        pid_t pid = (pid_t)json_int(answer, "pid", 0);
        ProcFigures figures = {0};
        proc_read(pid, &figures);
        printf("root: version %s, pid %d, %llu kb resident, %llu kb its own, %u descriptors\n",
               json_str(answer, "version"), (int)pid, (unsigned long long)figures.rss_bytes / 1024,
               (unsigned long long)proc_pss_bytes(pid) / 1024, proc_descriptors(pid));
        json_decref(answer);
        list_show(session);
    } else {
        printf("no root runs\n");
    }
    return EXIT_SUCCESS;
}
