/*
 * The small files by which the kernel is told of a control group, and asked: a word
 * is written in one step, or refused. For control_group.c and control_groups.c alone.
 */
#ifndef LOOSE_GROUP_FILES_H
#define LOOSE_GROUP_FILES_H

#include <stdbool.h>

/* Writes the word to this file of the group's directory. 0, or -1 with errno. */
int group_write(const char *directory, const char *name, const char *word);
int group_write_number(const char *directory, const char *name, long long number);
/* The text of this file, for the caller to free; NULL with errno: there is none, or it cannot be read. */
char *group_read(const char *directory, const char *name);
/* Whether the word stands in the text, alone between spaces, commas or line ends. Of NULL it does not. */
bool group_has_word(const char *text, const char *word);
/* A clause that says why nothing can be made in the directory, "since ...", by an error number; for the caller to free. */
char *group_refusal(const char *directory, int error);

#endif
