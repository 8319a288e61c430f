/* The copy of the engine's library that the build made goes out of date when the package is updated: then the
 * installed one is used, until Galley is built again. */
#pragma once

/* Starts the program anew if the engine that it was given is not the installed one. */
void engine_follow_update(char **argv);
