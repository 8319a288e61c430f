/* Memory that is there or the process is not: nobody can do anything sensible when a small
 * allocation fails, so these say so and abort. Sizes that come from outside go to mem_try_new. */
#pragma once

#include <stddef.h>

void *mem_new(size_t size);     /* zeroed */
void *mem_try_new(size_t size); /* zeroed, or NULL */
void *mem_resize(void *old, size_t size);
void mem_free(void *memory);
char *mem_strdup(const char *str);
char *mem_strndup(const char *str, size_t len);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define NEW(type) ((type *)mem_new(sizeof(type)))
#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))
#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))
