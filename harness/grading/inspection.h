/*
 * The gate's second look (built.h) at one submission while it is built: each flavour
 * once, before anything of it runs, and one beside the other as soon as both are there.
 */
#ifndef LOOSE_GRADING_INSPECTION_H
#define LOOSE_GRADING_INSPECTION_H

#include "gate.h"

struct inspection {
	const struct gate *gate; /* lives as long */
	char *objects[2];	 /* plain, and watched by ThreadSanitizer */
	bool looked[2], compared;
	enum gate_answer answer; /* the worst so far */
	char *evidence;		 /* of it; NULL: nothing */
};

/* Takes the paths over. */
void inspection_init(struct inspection *inspection, const struct gate *gate, char *plain, char *watched);
void inspection_release(struct inspection *inspection);
/* Looks at what is there of the flavour, once. Whether it may run. */
bool inspection_admits(struct inspection *inspection, const char *flavour);
/* Looks at what is there of both: what did not link may have been compiled. */
void inspection_finish(struct inspection *inspection);

#endif
