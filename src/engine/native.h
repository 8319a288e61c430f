/* Natives as JavaScript's functions: the door through which scripts come into C. */
#pragma once

#include "engine/realm.h"

void natives_open(Realm *realm, Value function_prototype);
/* A JavaScript function that runs the Native. */
Object native_new(Realm *realm, const Native *native);
