/* What `check` is given: C files or an exercise, and flags for the compiler. */
#ifndef LOOSE_COMMANDS_SOURCES_H
#define LOOSE_COMMANDS_SOURCES_H

#include <stddef.h>

#include "base/text.h"
#include "options.h"
#include "reader/progress.h"
#include "workbook/catalogue.h"

struct sources {
	char **items; /* absolute; NULL at the end, once there is one */
	int count;
	struct text words;	/* "WORDS=" and, quoted for make, sources, libraries and flags in their order */
	const char *first_flag; /* of them; NULL: none */
	char **own;		/* directories that are the reader's; NULL at the end */
	size_t own_count;
};

/*
 * Takes the words; without any, the exercise in hand. An exercise is opened, and its file is the reader's copy. 0, or an exit
 * status after a line on stderr; to be released in any case.
 */
int sources_take(struct sources *sources, const struct catalogue *catalogue, struct reader *reader,
		 const struct operands *operands);
/* The folder is the reader's: a place in it is shown as theirs. Takes `folder` over; NULL is none. */
void sources_own(struct sources *sources, char *folder);
void sources_release(struct sources *sources);

#endif
