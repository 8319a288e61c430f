/* Whole files, read and written so that a reader or a power cut never sees half of one. Functions return 0 or
 * an errno value. */
#pragma once

#include "base/bytes.h"

#include <sys/types.h>

int file_read(const char *path, size_t limit, Bytes *out);
/* Writes beside the file, syncs, and renames over it. */
int file_write_atomic(const char *path, const void *data, size_t len, mode_t mode);
/* The same for what need not outlive a power cut: without the wait for the disk. */
int file_replace(const char *path, const void *data, size_t len, mode_t mode);
/* mkdir -p; the mode is for folders that are made here. */
int folder_make(const char *path, mode_t mode);
/* Removes a folder and the files in it, not deeper. */
int folder_remove(const char *path);
