/*
 * Asks make for the programs of a flavour: the Makefile alone knows flags. What
 * does not compile does not stop the rest.
 */
#ifndef LOOSE_BUILD_H
#define LOOSE_BUILD_H

#include "loop.h"

/*
 * Runs make in the root with these words (the last one NULL) once no other
 * command builds there: two would write the same objects. What make says goes
 * to the descriptor. Its status as loop_command() gives it.
 */
int build_make(struct loop *loop, char *const *words, int output);
/*
 * Brings the targets (paths relative to the root) up to date, on `jobs` cores.
 * 0, or -1 with one line in *error, for the caller to free, when make itself
 * could not run. Whether a target was made is asked with build_failure().
 */
int build_targets(struct loop *loop, char *const *targets, size_t count, int jobs, char **error);
/*
 * The compiler's words on why this target is not there, for the caller to
 * free; NULL when it is there.
 */
char *build_failure(const char *root, const char *target);
/* The target's build id, a digest of its content in hex, for the caller to free; NULL when it has none. */
char *build_id(const char *path);
/* The target of a program in a flavour: "build/tsan/bin/chapters/.../broken". */
char *build_target(const char *flavour, const char *source);

#endif
