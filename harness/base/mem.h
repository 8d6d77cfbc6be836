/*
 * Allocation that cannot fail: when memory runs out these print one line and end
 * the process, so that no caller carries a path that is never tried. The caller
 * owns what they return and gives it to free(). Longer text is built with text.h.
 */
#ifndef LOOSE_MEM_H
#define LOOSE_MEM_H

#include <stddef.h>

void *mem_zeroed(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_copy(const char *text);
char *mem_copy_n(const char *text, size_t length);
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The one line, and the end of the process: abort(), unless somebody has said how to end. */
_Noreturn void mem_exhausted(void);
/* `end` is called after the line, in place of abort(). It allocates nothing and does not return. */
void mem_on_exhaustion(void (*end)(void));

#endif
