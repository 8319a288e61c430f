/* A look at a script when another thread asks for it. The engine's watchdog only knows looks after a while,
 * and each throws away what the engine has compiled of what runs: a script that is looked at all the time is
 * several times slower. */
#pragma once

#include <stdbool.h>

typedef struct Alarm Alarm;

/* For the watchdog, a time that nobody else asks for: until somebody rings, or so many seconds if the
 * watchdog is not as expected. */
#define ALARM_SECONDS 0.020000317

/* For the scripts of this thread. */
Alarm *alarm_open(void);
void alarm_close(Alarm *alarm);
/* On any thread: the script that runs, or the next one, is looked at as soon as can be. */
void alarm_ring(Alarm *alarm);
