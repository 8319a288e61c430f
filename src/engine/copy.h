/* A realm that starts in a template and goes on in the template's copies: a fork takes memory along, but
 * neither threads nor descriptors nor what has to differ. It is made without threads and without a loop, and
 * every copy gets its own of what cannot be shared. */
#pragma once

#include "engine/realm.h"

/* options->in_template is set. NULL if this engine cannot be copied; the process is then good for nothing
 * else. */
Realm *realm_new_for_copies(const RealmOptions *options);
/* After the modules that copies are to have are loaded: whether a fork would take everything along. */
bool realm_can_be_copied(Realm *realm);
/* In a copy, before anything else: false with a message on stderr if it cannot go on. */
bool realm_wake(Realm *realm, const RealmOptions *options);
