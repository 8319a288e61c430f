/* YAML files as JSON values. */
#pragma once

#include <jansson.h>
#include <stddef.h>

/* The first document. NULL and a message with its line in *error (the caller frees it) if it is not YAML, is
 * nested too deep, or repeats itself without end. */
json_t *yaml_load(const char *text, size_t len, char **error);
