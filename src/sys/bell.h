/* How other threads get a loop's attention. All bells of a loop hang on one descriptor, which is written to
 * only when its thread sleeps; many rings of one bell are one ring. */
#pragma once

#include "base/list.h"

#include <uv.h>

typedef struct Bells Bells;
typedef struct Bell Bell;

struct Bell {
    Bells *bells;
    void (*rung)(Bell *bell); /* on the loop's thread */
    Link waiting;             /* in the list of those that were rung */
    uint64_t age;
    bool is_ref;
};

/* NULL if there is no descriptor for it. On the loop's thread, like all but bell_ring. */
Bells *bells_open(uv_loop_t *loop);
void bells_close(Bells *bells); /* freed when the loop has closed its handles */

void bell_open(Bell *bell, Bells *bells, void (*rung)(Bell *bell));
void bell_close(Bell *bell);
/* Whether the bell keeps the loop alive; a new one does not. */
void bell_set_ref(Bell *bell, bool is_ref);

/* From any thread; whoever rings makes sure that the bell is not closed meanwhile. */
void bell_ring(Bell *bell);
