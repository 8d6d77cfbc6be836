/*
 * The exercise that a command is about, and the memory of the reader. A command opens the memory with memory_open(), and
 * closes it with memory_close(); each prints what went wrong with it once, and neither fails.
 */
#ifndef LOOSE_COMMANDS_EXERCISE_H
#define LOOSE_COMMANDS_EXERCISE_H

#include "reader/copy.h"
#include "reader/progress.h"
#include "workbook/catalogue.h"

/* A command's catalogue and memory. */
struct desk {
	struct catalogue catalogue;
	struct reader reader;
};

/* Of the workbook at `root`; what is opened is to be closed, whatever was printed. */
void memory_open(struct reader *reader, const char *root);
void memory_close(struct reader *reader);

/* Both of them, for a command that judges nothing. */
void desk_open(struct desk *desk, const char *root);
void desk_close(struct desk *desk);

/* Whether the answers of the pitfall are hidden, for a command that needs the memory for nothing else; `asked`: --answers. */
bool answers_are_hidden(const char *root, const char *pitfall, bool asked);

/* The starter of the exercise that the word names, or with NULL of the one in hand; NULL after a line on stderr. */
const struct program *exercise_find(const struct catalogue *catalogue, const struct reader *reader, const char *word);
/*
 * Opens it: the copy is made if there is none, the exercise is in hand, and a newer workbook is told of on stderr. 0, or an exit
 * status after a line on stderr.
 */
int exercise_open(const struct catalogue *catalogue, struct reader *reader, const struct program *starter);
/* A word that names the pitfall in a command: what follows the chapter. A pointer into `pitfall`. */
const char *short_name(const char *pitfall);
/* The text of the exercise's or the chapter's README.md, for the caller to free; NULL after a line on stderr. */
char *text_of_pitfall(const struct catalogue *catalogue, const char *tree, const char *pitfall);
/* The index of the pitfall in the catalogue; its count when it is not there. */
size_t pitfall_index(const struct catalogue *catalogue, const char *pitfall);

#endif
