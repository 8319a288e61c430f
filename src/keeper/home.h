/* GALLEY_HOME: the folder of one user's root, its keepers, their logs and what they remember. Under the
 * name pm2 it is PM2_HOME, with PM2's names for the files that scripts look for. */
#pragma once

#include <stdbool.h>

typedef struct {
    char *path;
    bool is_pm2;
} Home;

/* Makes the folders that are missing, 0700. Returns 0 or an errno value. */
int home_open(Home *home, const char *path, bool is_pm2);
/* From GALLEY_HOME or PM2_HOME, else ~/.galley or ~/.pm2. The caller frees it. */
char *home_path_default(bool is_pm2);
void home_close(Home *home);

/* home/name; the caller frees it. */
char *home_path(const Home *home, const char *name);
char *home_app_path(const Home *home, const char *key, const char *name);

const char *home_log_name(const Home *home);
const char *home_dump_name(const Home *home);
const char *home_settings_name(const Home *home);

/* The next pm_id, never given twice, whoever asks. */
long long home_next_id(const Home *home);
/* This one is in use: the next are above it. */
void home_reserve_id(const Home *home, long long id);
void home_reset_ids(const Home *home);

#define ROOT_SOCKET "control.sock"
#define ROOT_LOCK "root.lock"
#define KEEPER_SOCKET "keeper.sock"
#define KEEPER_LOCK "lock"
#define APP_FILE "app.json"     /* its canonical declaration */
#define STATE_FILE "state.json" /* its workers, as they were last */
