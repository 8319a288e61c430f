/* The memory that an app's processes share under names (`sharedMemory` of Galley's programs) outlives any of
 * them, and any keeper: who takes up an app that runs finds its memory as it was, and the last one clears it
 * away. */
#pragma once

#include "keeper/internal.h"

/* What tells the app's names from those of others, for the environment of its processes; the caller frees it.
 * NULL if the app has nothing that says so. */
char *shared_names_scope(const Keeper *keeper);
/* To be called when none of the app's processes lives. */
void shared_names_remove(const Keeper *keeper);
