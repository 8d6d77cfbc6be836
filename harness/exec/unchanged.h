/*
 * Whether make would have anything to do. To find out, make reads what 600 programs depend on, which takes longer than all
 * the rest of a verify whose verdicts are known. So the harness keeps what it saw of the tree when make had last said that
 * all targets of a request are there: of each source, each directory of theirs, each target and the record of the compiler
 * and its flags the name, size, inode and both times, of the tools their files, and the environment. Where all of that is
 * the same make would make the same; where anything differs, or cannot be looked at, make decides. A time can be set back,
 * but not the one of the last change (ctime); and nothing is kept while a source is so young that the next change could bear
 * the same time.
 *
 * What make makes on the way, objects and the like, is not looked at: three files for each target. It can be made anew of the
 * same sources by the same compiler only, for another compiler or other flags change their record.
 */
#ifndef LOOSE_UNCHANGED_H
#define LOOSE_UNCHANGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one request, from before make starts until it has ended. */
struct unchanged {
	const char *root; /* the caller's, as the targets */
	char *const *targets;
	size_t count;
	bool usable;	       /* else the request is none that can be judged by the tree alone */
	uint64_t key, sources; /* the request and the environment; what make is about to read */
	bool settled;	       /* no source is younger than the clock can tell */
};

/*
 * True when all `targets` (paths below the root) are there and up to date. `plain` says that make is given nothing but them.
 * What is not a program of the workbook is make's to say. `now_ns` is the time since 1970, by the clock of the files.
 */
bool unchanged_begin(struct unchanged *unchanged, const char *root, char *const *targets, size_t count, bool plain,
		     long long now_ns);
/* make has made all of them. What cannot be written down is looked at again. */
void unchanged_keep(const struct unchanged *unchanged);

#endif
