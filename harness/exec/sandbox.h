/*
 * A sandbox around what nobody trusts: compiling a stranger's program, and running
 * it. bubblewrap gives it a user, processes, a network and names of its own, and of
 * the disk what is named here, read-only; exec/inside sets the limits. What is
 * written stays in one directory, and in temporary files of a limited size.
 *
 * A harness that is root's gives the sandbox to the user nobody before it begins.
 * Illegal: a sandbox for which sandbox_problem() has a line.
 */
#ifndef LOOSE_SANDBOX_H
#define LOOSE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "control_group.h"
#include "verdict/detector.h"

enum {
	SANDBOX_MEMORY_MIB = 2048, /* of all processes of a run, or of a build, together */
	SANDBOX_COMPILER_MIB = 896 /* of each compiler's own */
};

struct sandbox {
	const char *root;     /* of the workbook, absolute */
	const char *writable; /* an absolute directory in which what is built stays; runs may read it */
	/* Absolute paths of the stranger's sources, for the compiler alone; NULL at the end. What is not there is left out. */
	const char *const *files;
};

enum sandbox_use { SANDBOX_BUILDS, SANDBOX_RUNS };

/* A command that is begun in the sandbox: what child_start() takes. */
struct sandboxed {
	struct command command; /* its environment is all that the command has */
	int *descriptors;	/* from descriptor 4 on */
	size_t descriptor_count;
	/* Around the command; for the caller to take over, and to remove when it has ended. NULL: this machine has none. */
	struct control_group *group;
	char *why; /* a line for the reader: it cannot be had, and nothing may be run; NULL: it can */
};

/* Why there is no sandbox on this machine, in one line, with what helps, for the caller to free; NULL: there is. */
char *sandbox_problem(const char *root);
/* Which limits are in force in a sandbox of the workbook and which are missing, in two lines, for the caller to free. */
char *sandbox_limits(const char *root);
/* Gives a directory, or a file in it, to the user of the sandbox. 0, or -1 with errno. */
int sandbox_give(const char *path);
/*
 * What stands in front of `inner`, which begins with a program's absolute path, to run it in the sandbox; `environment`
 * is what it is given beside the plainest. For runs, `scratch` is an absolute directory that is there, empty, in which
 * inner may write; what the supervisor leaves in it comes into the real one at the end, and the descriptor 3 of the
 * child is the channel. For builds it is NULL. The result is for sandboxed_release().
 */
void sandbox_wrap(const struct sandbox *sandbox, enum sandbox_use use, const char *scratch, char *const *inner,
		  char *const *environment, struct sandboxed *wrapped);
void sandboxed_release(struct sandboxed *wrapped);

#endif
