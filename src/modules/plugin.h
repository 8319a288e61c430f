/* Modules over large libraries live in shared objects beside the program and are opened when they
 * are first required, so that a program without them neither links nor initialises the libraries. */
#pragma once

#include "engine/realm.h"

/* Fills `binding` with the functions of the Module that `symbol` names in the shared object `file`.
 * If that fails the binding gets `loadError`, a text for the user, and nothing else. */
void plugin_open(Realm *realm, Object binding, const char *file, const char *symbol);
void plugin_close(Realm *realm, const char *file, const char *symbol);
