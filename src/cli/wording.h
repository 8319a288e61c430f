/* What PM2 says at moments where Galley says it otherwise or nothing: scripts look for these words. */
#pragma once

#include "cli/session.h"

/* Under the name pm2 only; workers: those of the list that the action is for. */
void word_action(const Session *session, const char *action, const char *what, const json_t *workers);
/* Before the apps of a file are started: which of them are new. */
void word_new_apps(const Session *session, const json_t *names);
/* What has become of an app of a file. workers: {id} of each process. */
void word_app_started(const Session *session, const char *name, const json_t *workers, bool is_new);
