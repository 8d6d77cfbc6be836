/* The standard input of a program that `check` judges: what the reader gives to `check`, from its beginning for each run. */
#ifndef LOOSE_INPUT_H
#define LOOSE_INPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether one of the sources calls one of these functions, or names one of these things; NULL ends the words. */
bool sources_mention(char *const *sources, int count, const char *const *words);
/* The words by which a C program reads its standard input. */
extern const char *const words_of_input[];

/*
 * Copies the standard input of this process to the file `path`. A terminal and
 * devices are left alone: nobody would know that he is asked; so is a pipe,
 * unless the program reads its input (`reads`): it may never end. 1: copied, 0:
 * there is nothing to copy, -1 with errno.
 */
int input_copy(const char *path, bool reads);

#endif
