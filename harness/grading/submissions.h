/*
 * What people hand in: a directory with a folder, a .zip or a .tar.gz for each
 * person, laid out as in work/: NN-name/pitfall/x.c, or x.c by itself. Only the files that an exercise
 * lets a learner edit are taken from it; whatever else lies there is not looked at.
 * What is neither a folder nor such an archive is nobody's, and named, for its author
 * may have meant to hand it in.
 *
 * Nothing of it is trusted. A link, a device, a pipe, a name that leads outside, or
 * an archive that unpacks to too much is TAKEN_TAMPERED, with the evidence. One of
 * very many files is somebody's whole folder, and TAKEN_UNREADABLE. Nothing is unpacked
 * to a disk.
 */
#ifndef LOOSE_GRADING_SUBMISSIONS_H
#define LOOSE_GRADING_SUBMISSIONS_H

#include <stdbool.h>
#include <stddef.h>

enum { SUBMISSION_MOST_BYTES = 4 << 20, SUBMISSION_MOST_FILES = 100 };

struct submissions_entry {
	char *person; /* the name of the folder, or of the archive without its ending */
	char *path;
	bool archive;
};

struct submissions {
	struct submissions_entry *items; /* by person */
	size_t count;
	char **others; /* what lies there and is nobody's: paths, by name */
	size_t other_count;
};

/*
 * Who has handed in something; the endings of archives in upper case too. Names that begin with a dot are passed over. 0, or -1 with one line in *error for the
 * caller to free: the directory cannot be read, has nobody in it, or somebody in it twice.
 */
int submissions_find(struct submissions *all, const char *directory, char **error);
void submissions_release(struct submissions *all);

enum taken_how {
	TAKEN,
	TAKEN_NOTHING,	  /* the file is not there */
	TAKEN_TAMPERED,	  /* what is there was made to deceive or to do harm */
	TAKEN_UNREADABLE, /* this machine, or a damaged archive */
};

struct taken {
	enum taken_how how;
	char *text; /* of the file; NULL unless TAKEN */
	char *why;  /* one line; NULL when TAKEN */
};

/*
 * Takes the file of this name, "02-ownership/implicit-contract/line.c", for taken_release(). `by_itself`: where it does not
 * lie there, "line.c" at the top is it too, as people hand in who were asked for one file.
 */
struct taken submission_take(const struct submissions_entry *entry, const char *name, bool by_itself);
void taken_release(struct taken *taken);

#endif
