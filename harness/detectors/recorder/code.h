/*
 * What a program's debugging information says of it before it runs: which code
 * belongs to a line, and the value of an enumerator.
 */
#ifndef LOOSE_RECORDER_CODE_H
#define LOOSE_RECORDER_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct code;

/* Never NULL: of a file that cannot be read nothing will be found. */
struct code *code_open(const char *program);
void code_close(struct code *code);
/* Prints "START-END," for each stretch of code of this line, from the image's beginning; `file` is an absolute path. */
void code_put_line(struct code *code, FILE *out, const char *file, int line);
/* False: the program has no enumerator of this name. */
bool code_enumerator(struct code *code, const char *name, long *value);

#endif
