/*
 * Warns mountain huts of avalanches, by radio. A bulletin comes in; the hut that
 * it is about is called, by one of two radio lines, each with a thread.
 *
 *     struct avalanche *service = avalanche_open(call_hut, &radio, 3);
 *     ...
 *     if (avalanche_warn(service, &bulletin) == AVALANCHE_FULL) ...send somebody on skis...
 *     ...
 *     avalanche_close(service);
 *
 * There may be several in a process. Unless it says otherwise, any thread may
 * call this, several at a time. Nothing but avalanche_close() waits for a call
 * to end.
 */
#ifndef AVALANCHE_H
#define AVALANCHE_H

#include <stdbool.h>

enum { AVALANCHE_LINES = 2, AVALANCHE_ROOM = 8 };

struct bulletin {
	int hut;
	int danger; /* from 1, low, to 5, very high */
};

/*
 * Calls a hut and reads the bulletin out. True if somebody has answered. Takes
 * as long as it takes; several may be under way at a time.
 */
typedef bool avalanche_call(void *radio, const struct bulletin *bulletin);

struct avalanche;

enum avalanche_result {
	AVALANCHE_TAKEN, /* it has a place, and ends as one of the counts says */
	AVALANCHE_FULL	 /* it has none: the hut will not be called, and the caller knows */
};

struct avalanche_counts {
	long taken;	 /* bulletins with a place; each of them ends as one of the next three */
	long answered;	 /* somebody has answered */
	long unanswered; /* nobody has, twice */
	long below;	 /* not called, since the danger was below the level */
	long refused;	 /* bulletins that found no place */
};

/* Opens the radio lines. Huts are called from this level of danger on. */
struct avalanche *avalanche_open(avalanche_call *call, void *radio, int level);

/*
 * Changes the level. It applies to every bulletin that a line takes up after this
 * has returned. One that was taken up before is called as it was to be: if nobody
 * answers, once more.
 */
void avalanche_set_level(struct avalanche *service, int level);

/*
 * Takes a bulletin, a copy: the caller's own is the caller's again when this
 * returns. It never waits for a line. At no moment have more than
 * AVALANCHE_ROOM bulletins a place, those that are being called included; one
 * that finds none is counted as refused, and the caller is told.
 *
 * A hut that does not answer is called once more, by these same lines: at no
 * moment are more than AVALANCHE_LINES calls under way; and as many as that if
 * there are as many to make. Each bulletin is read out, even if two are about one
 * hut.
 */
enum avalanche_result avalanche_warn(struct avalanche *service, const struct bulletin *bulletin);

struct avalanche_counts avalanche_counts(struct avalanche *service);

/*
 * Closes the service, once, and frees it. Each hut that has a place is called first.
 * When it returns no call is under way, no thread of the service runs, and
 * `counts`, unless it is NULL, has what avalanche_counts() would say. No thread
 * may use the service while it is called, or afterwards.
 */
void avalanche_close(struct avalanche *service, struct avalanche_counts *counts);

#endif
