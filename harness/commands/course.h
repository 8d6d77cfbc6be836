/*
 * What one `grade` is asked for: the exercises, what a class has handed in for them,
 * and the tests that nobody is shown. For grade.c, which says what becomes of it.
 *
 *     course_prepare()        finds all of it; a line on standard error for what is missing
 *     course_grader()         a grader for it, which shows how far it is
 *     course_release()        gives back what was found; the workbook is the caller's
 */
#ifndef LOOSE_COMMANDS_COURSE_H
#define LOOSE_COMMANDS_COURSE_H

#include "command.h"
#include "grading/grader.h"
#include "slurm.h"

/* The options of the command come first; the rest is found. */
struct course {
	const char *submissions, *out;
	const char *hidden_folder; /* NULL: no hidden tests */
	long jobs, repeat, timeout;
	bool no_sandbox, rubric, slurm, gradescope;
	long slices;	    /* 0: one for each 20 submissions */
	const char *sliced; /* what this command is to grade of them, "3/10" */
	struct slice slice; /* of 0: all */
	struct workbook workbook;
	struct submissions all;
	const struct program **starters;
	struct rubric *rubrics;
	struct hidden *hidden; /* of each exercise; NULL: no hidden tests */
	size_t count;
	struct state state;
	struct style style;
	size_t done, fresh; /* submissions of an exercise */
	long first_ms;
};

/* Each of these: 0, or the exit status after one line on standard error. */
int course_prepare(struct course *course, const struct operands *operands);
int course_find_exercises(struct course *course, const struct operands *operands);
/* Those of --hidden, of all exercises; where one of them has none, that is said. */
int course_find_hidden(struct course *course);
/* Hidden tests without a sandbox. Always an exit status. */
int course_refuse_secrets(void);
/* By `grade --slurm`: grades all slices on the nodes and gathers what they have found. */
int course_grade_on_cluster(struct course *course);

/* Counts what is graded in course->done and course->fresh, and says so on standard error. The course must outlive it. */
struct grader course_grader(struct course *course);
void course_release(struct course *course);

#endif
