/*
 * What a reader means by a word: a pitfall by a part of its name, or by a path as the shell completes it, from the
 * directory where the reader is.
 */
#ifndef LOOSE_NAMES_H
#define LOOSE_NAMES_H

#include <stdbool.h>

#include "workbook/catalogue.h"

/* Pointers into the catalogue. */
struct named {
	const char *pitfall;
	bool chapter;		       /* the whole chapter of that pitfall */
	bool exercise;		       /* by a path below exercises/ or work/ */
	bool file;		       /* by the path of a file */
	const struct program *program; /* the one whose file that is, if it is one's */
};

/*
 * A pitfall, and where `chapters` allows it a chapter: "02-ownership". NULL; or one line that says what is wrong, for the
 * caller to free.
 */
char *names_find(const struct catalogue *catalogue, const char *word, bool chapters, struct named *named);
/*
 * A program of the pitfall: "broken", "wrong/detach", with or without ".c", or the last part of its name where no other
 * has it. NULL, and one line in *error for the caller to free, when there is none.
 */
const struct program *names_program(const struct catalogue *catalogue, const char *pitfall, const char *word,
				    char **error);

/* The detectors' names, "test" first: "test, tsan, ... or budget", for the caller to free. */
char *names_of_detectors(const char *before_last);
/* The line that says that no detector is called so. */
char *names_no_detector(const char *typed);

#endif
