/*
 * Grades a class: each submission of each exercise once, by the engine that judges
 * the reader's own copy. What is known is kept at once (state.h), so that the same
 * call after a kill goes on where the first one stopped.
 *
 * A submission lies below build/submissions/ of the workbook. In sandboxes several graders
 * may be at work in one workbook, on several machines that share it, each in a place of
 * its own; without them one at a time.
 */
#ifndef LOOSE_GRADING_GRADER_H
#define LOOSE_GRADING_GRADER_H

#include "hidden.h"
#include "judge/judging.h"
#include "rubric.h"
#include "state.h"
#include "submissions.h"

struct grader {
	struct workbook *workbook;
	const struct submissions *submissions;
	const struct program *const *starters; /* of the exercises */
	const struct rubric *rubrics;	       /* one for each */
	struct hidden *hidden;		       /* the same; NULL: no hidden tests at all. Only where it is sandboxed */
	size_t exercise_count;
	struct state *state;
	struct judging_options options;
	bool sandboxed;	      /* compile and run in a sandbox (exec/sandbox.h), one submission at a time */
	unsigned race_repeat; /* runs under each detector that looks for races; one that fires once has fired */
	/*
	 * May be NULL: after a submission is graded (`fresh`), or found to have been graded before. Where another one that is
	 * under way takes long, as one without an end does, it may take slow_ms yet; else 0.
	 */
	void (*graded)(void *context, const char *person, const char *pitfall, bool fresh, long slow_ms);
	void *context;
	bool misled; /* after -1: what the instructor has given is wrong, and not the machine */
};

/*
 * 0, also when a signal ended it early: loop.interrupted tells. -1 with one line in *error for the caller to free when it
 * could not go on; what was graded until then is kept.
 */
int grader_run(struct grader *grader, char **error);
/* Builds what all submissions of the exercises are linked with. 0, or -1 with one line in *error for the caller to free. */
int grader_prepare(struct grader *grader, char **error);
/* "02-ownership/implicit-contract/line.c", what a submission calls the file of this starter. */
const char *grader_file(const struct program *starter);

#endif
