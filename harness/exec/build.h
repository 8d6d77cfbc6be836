/*
 * Asks make for programs: the Makefile alone knows flags. What does not compile
 * does not stop the rest, and each target is told as soon as it is there.
 */
#ifndef LOOSE_BUILD_H
#define LOOSE_BUILD_H

#include <stddef.h>

#include "loop.h"
#include "sandbox.h"

struct build;

struct build_request {
	char *const *targets; /* paths relative to the root, those wanted first in front */
	size_t count;
	char *const *variables; /* "NAME=value" for make, the last one NULL; may be NULL */
	int jobs;		/* compilers at once */
	/* NULL: none. In one, only what lies in its writable directory can be made, of parts that are there already. */
	const struct sandbox *sandbox;
};

struct build_events {
	/* The target, of which `target` is the path, is there and up to date. May be NULL. */
	void (*ready)(void *context, const char *target);
	/*
	 * The end. Done: what was not ready by now does not compile, and
	 * build_failure() tells why. Not started: make could not do its work, and
	 * `why` is a line for the reader; else it is NULL.
	 */
	void (*ended)(void *context, enum end how, const char *why);
};

/*
 * Starts a build once no other command builds in this workbook: two would write
 * the same objects. The request is not needed any more afterwards, `events` is.
 */
struct build *build_start(struct loop *loop, const struct build_request *request, const struct build_events *events,
			  void *context);
void build_stop(struct build *build);
void build_join(struct build *build);

/* Builds and waits. 0 when all targets are there; -1 with what is wrong in *error, for the caller to free. */
int build_targets(struct loop *loop, char *const *targets, size_t count, int jobs, char **error);
/*
 * Takes away the objects of the program's own sources, so that the next build
 * compiles them: one that was compiled while its source was saved is younger than
 * the source, and of the old one.
 */
void build_forget(const char *root, const char *target);
/* The compiler's words on a target that was not made, for the caller to free. */
char *build_failure(const char *root, const char *target);
/* The target's build id, a digest of its content in hex, for the caller to free; NULL when it has none. */
char *build_id(const char *path);
/* The target of a program in a flavour: "build/tsan/bin/chapters/.../broken". */
char *build_target(const char *flavour, const char *source);

#endif
