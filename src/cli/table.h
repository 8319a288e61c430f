/* Tables that fit the terminal: the least important columns go first, then long texts are cut. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Table Table;

typedef struct {
    const char *title;
    int weight; /* columns of the least weight go first when it is too narrow; 0 stays */
} Column;

Table *table_new(const Column *columns, size_t count);
/* The text is copied; colour may be "". */
void table_add(Table *table, const char *text, const char *colour);
/* width 0: as wide as it wants to be. */
void table_print(const Table *table, size_t width, bool framed, bool coloured);
void table_free(Table *table);

size_t terminal_width(void); /* 0: it is none */
