/* What the files of engine/ share with each other and nobody else. */
#pragma once

#include "engine/realm.h"

void loop_open(Realm *realm);
void loop_close(Realm *realm); /* closes the realm's own handles and waits for all others */
void loop_free(Realm *realm);

void handles_open(Realm *realm);
void handles_close(Realm *realm); /* disposes of every handle */
void handles_dispose_collected(Realm *realm);
