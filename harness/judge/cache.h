/*
 * What was judged before, so that an unchanged program is not run again. A file
 * of JSON lines in build/, one per program and detector; each is written as soon
 * as it is known, so that a Ctrl-C loses nothing. It keeps observations, never
 * verdicts: those are made anew from the declaration.
 *
 * What ended as an error is neither kept nor recalled: it may have been the
 * machine's fault, and is tried again.
 *
 * The key says all that the observation rests on: the program's build id, the
 * detector, the toolchain, the harness's own build ids, and the format below.
 *
 * Several commands may have the file open. A line is written in one append, between
 * two line ends, so that a line which was cut short spoils no other one. A command
 * that rewrites the file holds "cache.lock"; one that only appends never waits:
 *
 *     append     write the line; check that the name still means this file; if not, open that, and write again
 *     rewrite    read the file; write the new one; rename it; append to it what the old one has got meanwhile
 *
 * A line that is written before the rename is in what the rewriter reads after it;
 * one that is written later is written again.
 */
#ifndef LOOSE_CACHE_H
#define LOOSE_CACHE_H

#include <jansson.h>
#include <sys/stat.h>

#include "verdict/result.h"

struct cache {
	json_t *entries; /* lines of the file by key, taken apart when asked for; of this toolchain and harness alone, since others are never asked for again */
	char *root, *path;
	char *judges;	  /* the files of the harness as they were; see cache_record() */
	int file;	  /* for appending */
	struct stat last; /* the program that was asked for last, and its build id */
	char *last_id;
	char *common;  /* the part of the key that all entries share */
	size_t lines;  /* in the file, with those that later ones replace and those of other harnesses */
	bool too_long; /* the file, to be read: it is to be written anew */
	char *problem; /* the first thing that could not be kept, as a line for the reader; NULL: nothing was lost */
};

/* Reads the cache of the workbook at `root`. A line that is not whole is passed over. 0, or -1 with errno. */
int cache_open(struct cache *cache, const char *root, const struct toolchain *toolchain);
/* Writes the file anew without replaced lines where that makes it much smaller. */
void cache_close(struct cache *cache);
/*
 * The key of a program (absolute path of the executable) under a detector, with the bounds of its budget or NULL; for
 * the caller to free. NULL: no build id.
 */
char *cache_key(struct cache *cache, const char *executable, const struct detector *detector, const char *bounds);
/*
 * Fills what is known under `key` into result (seen, runs, fired, figures), if it has at least `runs` runs and is not an
 * error by what the program declares today.
 */
bool cache_recall(const struct cache *cache, const char *key, unsigned runs, struct result *result);
/*
 * Keeps the result, whose verdict must have been made; does nothing when that is an error. Where the write fails, or the
 * harness is no longer the one that the key tells of, it will be judged again, and cache->problem says why.
 */
void cache_record(struct cache *cache, const char *key, const struct result *result);

#endif
