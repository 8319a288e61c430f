/* `using` and `await using`, which the engine cannot read yet: a list of statements with such declarations is
 * put into a try statement that disposes of a stack of the engine's when it is left. */
#pragma once

#include "modules/syntax/parser.h"

/* At the word; on return behind it, at the first name. */
void using_begin(Parser *p, bool awaits);
/* Around the value that a name gets. */
void using_value(Parser *p, size_t start, size_t end, bool awaits);
/* Behind the last statement of a list. */
void using_end(Parser *p);
/* for (using name of …), for (using name = …;;): everything up to the body's end. */
typedef struct {
    size_t at, keyword, keyword_end;
    Slice name;
    bool awaits;
} UsingLoop;
void using_loop(Parser *p, const UsingLoop *loop, bool is_of, size_t body);

/* Appends a script's source without such declarations; false if it has none or cannot be read. */
bool using_lower(const char *source, size_t len, Bytes *out);
