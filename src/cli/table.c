/* Tables that fit the terminal; see table.h. */
#include "cli/table.h"

#include "base/bytes.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef struct {
    char *text;
    const char *colour;
} Cell;

struct Table {
    const Column *columns;
    size_t column_count;
    Cell *cells;
    size_t cell_count;
    size_t *widths;
    bool *hidden;
};

Table *table_new(const Column *columns, size_t count) {
    Table *table = NEW(Table);
    *table = (Table){.columns = columns, .column_count = count};
    table->widths = mem_new(count * sizeof(size_t));
    table->hidden = mem_new(count * sizeof(bool));
    return table;
}

void table_free(Table *table) {
    for (size_t i = 0; i < table->cell_count; i++)
        mem_free(table->cells[i].text);
    mem_free(table->cells);
    mem_free(table->widths);
    mem_free(table->hidden);
    mem_free(table);
}

/* Columns on the screen: each character that is no continuation byte counts one. */
static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

void table_add(Table *table, const char *text, const char *colour) {
    table->cells = mem_resize(table->cells, (table->cell_count + 1) * sizeof(Cell));
    table->cells[table->cell_count++] = (Cell){mem_strdup(text), colour};
}

static void measure(Table *table) {
    for (size_t i = 0; i < table->column_count; i++)
        table->widths[i] = width_of(table->columns[i].title);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t width = width_of(table->cells[i].text), *widest = &table->widths[i % table->column_count];
        if (width > *widest) *widest = width;
    }
}

static size_t total_width(const Table *table) {
    size_t total = 1;
    for (size_t i = 0; i < table->column_count; i++)
        if (!table->hidden[i]) total += table->widths[i] + 3;
    return total;
}

static bool hide_lightest(Table *table) {
    size_t lightest = SIZE_MAX;
    for (size_t i = 0; i < table->column_count; i++) {
        int weight = table->columns[i].weight;
        if (!weight || table->hidden[i]) continue;
        if (lightest == SIZE_MAX || weight < table->columns[lightest].weight) lightest = i;
    }
    if (lightest == SIZE_MAX) return false;
    table->hidden[lightest] = true;
    return true;
}

static void shrink_widest(Table *table, size_t width) {
    size_t total = total_width(table);
    while (total > width) {
        size_t widest = 0;
        for (size_t i = 1; i < table->column_count; i++)
            if (!table->hidden[i] && table->widths[i] > table->widths[widest]) widest = i;
        if (table->widths[widest] < 5) return;
        table->widths[widest]--;
        total--;
    }
}

static void print_cell(Bytes *out, const char *text, size_t width, const char *colour, bool coloured) {
    size_t has = width_of(text);
    if (coloured) bytes_append_str(out, colour);
    if (has <= width) {
        bytes_append_str(out, text);
    } else {
        size_t kept = 0;
        for (; *text && kept + 1 < width; kept++)
            do
                bytes_append_char(out, *text++);
            while ((*text & 0xc0) == 0x80);
        bytes_append_str(out, "…");
        has = width;
    }
    if (coloured && *colour) bytes_append_str(out, "\033[0m");
    for (; has < width; has++)
        bytes_append_char(out, ' ');
}

static void print_rule(const Table *table, Bytes *out, const char *left, const char *middle,
                       const char *right) {
    bool first = true;
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->hidden[i]) continue;
        bytes_append_str(out, first ? left : middle);
        first = false;
        for (size_t n = 0; n < table->widths[i] + 2; n++)
            bytes_append_str(out, "─");
    }
    bytes_printf(out, "%s\n", right);
}

static void print_row(const Table *table, Bytes *out, size_t row, bool framed, bool coloured) {
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->hidden[i]) continue;
        const Cell title = {(char *)table->columns[i].title, "\033[36;1m"};
        const Cell *cell = row ? &table->cells[(row - 1) * table->column_count + i] : &title;
        bytes_append_str(out, framed ? "│ " : "");
        print_cell(out, cell->text, table->widths[i], cell->colour, coloured);
        bytes_append_str(out, framed ? " " : "  ");
    }
    bytes_append_str(out, framed ? "│\n" : "\n");
}

void table_print(const Table *constant, size_t width, bool framed, bool coloured) {
    Table *table = (Table *)constant;
    Bytes out = {0};
    memset(table->hidden, 0, table->column_count * sizeof(bool));
    measure(table);
    while (width && total_width(table) > width && hide_lightest(table))
        ;
    if (width) shrink_widest(table, width);
    if (framed) print_rule(table, &out, "┌", "┬", "┐");
    print_row(table, &out, 0, framed, coloured);
    if (framed) print_rule(table, &out, "├", "┼", "┤");
    for (size_t row = 1; row <= table->cell_count / table->column_count; row++)
        print_row(table, &out, row, framed, coloured);
    if (framed) print_rule(table, &out, "└", "┴", "┘");
    fwrite(out.data, 1, out.len, stdout);
    bytes_free(&out);
}

size_t terminal_width(void) {
    struct winsize size;
    const char *given = getenv("COLUMNS");
    if (given && atoi(given) > 0) return (size_t)atoi(given);
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
