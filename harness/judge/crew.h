/*
 * Room on the machine's processors, for one judging or for several at once: how many of
 * their runs, and of their builds, are under way at a time. The judging that began first is
 * offered room first, so that one after the other ends.
 *
 * Beside the numbers that are always allowed one more run begins whenever a processor has
 * had nothing to do for a moment: how long a run waits is known to nobody before it has run.
 */
#ifndef LOOSE_CREW_H
#define LOOSE_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "exec/loop.h"

/*
 * What is heavy computes all the time. What is not waits for nearly all of its time: a twentieth of it is the processor's,
 * and a wrong program may wait in vain for a minute. Each has a lane of its own: in one lane those that wait would stand
 * together now and then, and the processors with them.
 */
enum crew_lane { WAITING, COMPUTING, LANES };

/* A judging, as the crew sees it. */
struct crew_member {
	void (*room)(void *context); /* there may be room now: it asks again for what it could not begin */
	void *context;
	struct crew_member *next;
};

struct crew {
	struct loop *loop;
	int limit, most[LANES], ever[LANES]; /* runs at once: in all, in a lane, and in a lane of idle processors */
	int running[LANES];
	int most_builds, builds;
	int spare;		      /* runs that may begin now beside `most` */
	unsigned long long idle, all; /* ticks of the processors, at the last look */
	struct crew_member *members;  /* the one that began first is first */
	uv_timer_t *looks;	      /* at the processors, while there are members; NULL before the first */
};

/* `jobs` runs at once, and never another; 0: as many as the processors can do. The loop must outlive the crew. */
void crew_init(struct crew *crew, struct loop *loop, int jobs, int builds);
/* No member may be left. */
void crew_release(struct crew *crew);

/* The member is the caller's, and must live until it leaves. */
void crew_join(struct crew *crew, struct crew_member *member);
/* Gives the others what room it leaves. What it has under way must have been given back. */
void crew_leave(struct crew *crew, struct crew_member *member);

/* False: there is no room now, and the member will be called. True: it is under way until it is given back. */
bool crew_take_run(struct crew *crew, enum crew_lane lane);
bool crew_take_build(struct crew *crew);
void crew_give_run(struct crew *crew, enum crew_lane lane);
void crew_give_build(struct crew *crew);
/* Calls all members; to be called after something was given back. */
void crew_offer(struct crew *crew);

#endif
