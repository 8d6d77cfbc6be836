/*
 * What was judged before, so that an unchanged program is not run again. A file
 * of JSON lines in build/, one per program and detector; each is written whole
 * as soon as it is known, so that a Ctrl-C loses nothing. It keeps
 * observations, never verdicts: those are made anew from the declaration.
 *
 * The key says all that the observation rests on: the program's build id, the
 * detector, the toolchain, and the harness's own build ids.
 */
#ifndef LOOSE_CACHE_H
#define LOOSE_CACHE_H

#include <jansson.h>

#include "verdict/result.h"

struct cache {
	json_t *entries; /* by key */
	char *path;
	int file;     /* for appending */
	char *common; /* the part of the key that all entries share */
	size_t lines; /* in the file, with those that later ones replace */
};

/* Reads the cache of the workbook at `root`. A line that is not whole is passed over. 0, or -1 with errno. */
int cache_open(struct cache *cache, const char *root, const struct toolchain *toolchain);
/* Writes the file anew without replaced lines where that makes it much smaller. */
void cache_close(struct cache *cache);
/*
 * The key of a program (absolute path of the executable) under a detector, with the bounds of its budget or NULL; for
 * the caller to free. NULL: no build id.
 */
char *cache_key(const struct cache *cache, const char *executable, const struct detector *detector, const char *bounds);
/* Fills what is known under `key` into result (seen, runs, fired, figures), if it has at least `runs` runs. */
bool cache_recall(const struct cache *cache, const char *key, unsigned runs, struct result *result);
/* 0, or -1 with errno: then it will be judged again. */
int cache_record(struct cache *cache, const char *key, const struct result *result);

#endif
