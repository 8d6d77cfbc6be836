/* From the bytes that a reader types to keys, or to lines in the plain mode: events of the terminal. */
#ifndef LOOSE_WATCH_KEYS_H
#define LOOSE_WATCH_KEYS_H

#include "terminal.h"

/* Tells the keys that are whole; what is not stays pending in the terminal. */
void keys_take(struct terminal *terminal, const char *bytes, size_t count);
/* Tells the lines that are whole; the rest stays in the terminal. */
void keys_take_line(struct terminal *terminal, const char *bytes, size_t count);

#endif
