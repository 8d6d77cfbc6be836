/*
 * A process and what descends from it, as /proc tells: a list of a moment. Where
 * there is no memory for it, the supervisor ends with status 3.
 */
#ifndef LOOSE_FAMILY_H
#define LOOSE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Empty at first, all zero; found anew, it keeps its room. */
struct family {
	pid_t *pids;
	size_t count, room;
	uint64_t stopped; /* by the last family_freeze(), as one figure */
};

/* The process, which comes first, and all its descendants. */
void family_find(struct family *all, pid_t root);
/* Its children alone. */
void family_find_children(struct family *all, pid_t parent);
/*
 * Stops all descendants but not the process itself, parents first, so that none
 * forks any more. True when they are the same as the last time.
 */
bool family_freeze(struct family *all, pid_t root);

#endif
