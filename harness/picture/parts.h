/* What the files of lanes_*.c share. */
#ifndef LOOSE_PICTURE_PARTS_H
#define LOOSE_PICTURE_PARTS_H

#include "lanes.h"

/*
 * What a step does, in the book's words, for the caller to free: "waits for MINUTE_PASSED". NULL for one that is not
 * drawn by itself.
 */
char *words_of_step(const struct trace *trace, const struct trace_step *step);
/* What a finding says is wrong, and where its other half is, for the caller to free. `other` may be NULL. */
char *words_of_finding(const struct trace_step *finding, const struct trace_step *other);
/* What a picture leaves out, for the caller to free; NULL: nothing. */
char *words_of_rest(size_t threads, size_t steps);
/* Whether a finding of this kind is about two accesses that nothing orders. */
bool is_race(const char *kind);

/* A trace on its way to lanes. */
struct making {
	const struct trace *trace;
	struct lanes *lanes;
	size_t *lane_of; /* of a thread; NO_LANE: it is not drawn */
	int *rows;	 /* of each step of the trace */
	size_t *item_of; /* what is drawn of it; NO_ITEM: nothing */
	int *thread_row; /* of each thread's last step so far */
	size_t *last;	 /* of each lane, its last item so far, or NO_ITEM */
	size_t *merged;	 /* of each item, how many steps it stands for */
};

#define NO_LANE ((size_t)-1)
#define NO_ITEM ((size_t)-1)

/* When all steps are placed: the arrows between them, the order of the steps, and where each lane begins and ends. */
void lanes_join(struct making *making);

/* The text in lines that a measure takes for no longer than `room`, at words' ends where it can; for wrapped_release(). */
struct wrapped {
	char **items;
	size_t count;
};
struct wrapped wrapped_of(const char *text, int room, int (*measure)(const char *));
void wrapped_release(struct wrapped *lines);

/* The words of a step, and after them the line of the source: "evict() reads :40"; for the caller to free. */
char *label_of(const struct lane_step *step);
/* Whether the lane is there, and what its thread does, at a row's steps and below them, where the arrows are. */
enum lane_state lane_at_row(const struct lanes *lanes, size_t lane, int row);
enum lane_state lane_below_row(const struct lanes *lanes, size_t lane, int row);
/* Whether a lane stands for several threads: "worker x3". */
bool has_several(const struct lanes *lanes);
/* How many strips of arrows lie below the row. */
int strips_of(const struct lanes *lanes, int row);

#endif
