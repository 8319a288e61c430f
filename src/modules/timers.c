/* What lib/timers.js needs of the loop: its clock and its one timer. */
#include "engine/call.h"
#include "modules/modules.h"

static Value timers_schedule(Call *call) {
    realm_schedule_timer(call->realm, call_double(call, 0));
    return NULL;
}

static Value timers_update_time(Call *call) {
    uv_update_time(&call->realm->loop);
    realm_tell_time(call->realm);
    return NULL;
}

static Value timers_set_ref(Call *call) {
    uv_handle_t *timer = (uv_handle_t *)&call->realm->timer;
    if (call_bool(call, 0))
        uv_ref(timer);
    else
        uv_unref(timer);
    return NULL;
}

static Value timers_immediates_changed(Call *call) {
    realm_immediates_changed(call->realm);
    return NULL;
}

static const Native functions[] = {
    {"schedule",          timers_schedule},
    {"updateTime",                   timers_update_time},
    {"setRef",timers_set_ref},
    {"immediatesChanged",            timers_immediates_changed},
    {0                  }
};

const Module timers_module = {"timers", functions, NULL, NULL};
