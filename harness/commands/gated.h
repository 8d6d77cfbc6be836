/*
 * The gate of grade (grading/gate.h), for one file of an exercise that somebody else has
 * written: what it refuses is not compiled, or not run.
 *
 *     status = gated_open(&gated, catalogue, pitfall, file, directory, &tasks);
 *     ... options.admits = gated_admits, options.admits_context = &gated ...
 *     status = gated_end(&gated);
 */
#ifndef LOOSE_COMMANDS_GATED_H
#define LOOSE_COMMANDS_GATED_H

#include "grading/inspection.h"
#include "judge/judging.h"

struct gated {
	struct gate *gate; /* NULL: there is none */
	struct inspection inspection;
	const struct tasks *tasks;
	const char *file;
};

/*
 * Looks at the source, which is compiled to `directory`/FLAVOUR.o for these tasks. 0, or an exit status after a line on standard
 * error: it is not to be compiled.
 */
int gated_open(struct gated *gated, const struct catalogue *catalogue, const char *pitfall, const char *file,
	       const char *directory, const struct tasks *tasks);
/* For judging_options; the context is the gated file. */
bool gated_admits(void *context, size_t task, char **why);
/* After the judging: as gated_open(), of what was compiled. What is only suspicious is told, and refuses nothing. */
int gated_end(struct gated *gated);
void gated_close(struct gated *gated);

#endif
