/* JSC::CallFrame of the known series, in words: what a function of the engine's own kind gets. */
#pragma once

enum { FRAME_CALLEE = 3, FRAME_ARGC_WITH_THIS, FRAME_THIS, FRAME_ARGS };
