/*
 * The make of a build: how it is called, under a supervisor and a lock, and what its
 * end means. For build.c alone, which starts it and listens to it.
 */
#ifndef LOOSE_MAKE_H
#define LOOSE_MAKE_H

#include <stdbool.h>

#include "build.h"
#include "control_group.h"
#include "verdict/detector.h"

/*
 * Appends its whole command: for what the request asks for, ended after `deadline_ms`; the supervisor leaves its word in the
 * file `result`.
 */
void make_command(struct command *command, const char *root, const char *result, long deadline_ms,
		  const struct build_request *request);
/* What the reader has set for the compiler, "NAME=value", which counts in a sandbox too; for files_free(). */
char **make_environment(void);
/* Why make could not do its work, by the supervisor's word: a line for the caller to free. NULL: it did what it could. */
char *make_failure(const char *root, const char *result, long deadline_ms);
/*
 * Puts what is to be said of memory in the place of the compiler's words, for each target (a path below the root, NULL at the
 * end) that was not made. `walled`: in a sandbox, whose group may have lost the victim.
 */
void make_tell_of_memory(const char *root, char *const *targets, enum control_group_victim victim, bool walled);

#endif
