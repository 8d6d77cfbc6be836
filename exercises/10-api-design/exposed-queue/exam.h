/*
 * The papers of an exam, and those who mark them. Papers are handed in at one
 * end and handed out at the other, to as many markers as there are.
 *
 *     desk:    exam_hand_in(exam, paper); ... exam_end(exam);
 *     marker:  while (marker_next(marker, &paper) == NEXT_PAPER)
 *                      mark(paper);
 *     office:  marker_stop(marker);                   // go home; the others go on
 *
 * There are two ends here, and they have two owners. The exam ends when the
 * desk says so. A marker's work ends when the office sends this marker home.
 */
#ifndef EXAM_H
#define EXAM_H

#include <stdbool.h>

enum { EXAM_ROOM = 64 }; /* papers that can wait */

enum next {
	NEXT_PAPER,   /* a paper, which no other marker gets */
	NEXT_NO_MORE, /* the exam has ended, and every paper has been handed out */
	NEXT_STOPPED  /* this marker has been sent home */
};

struct exam;
struct marker;

struct exam *exam_new(void);
/* No thread uses the exam any more, and each of its markers has been freed. Papers that still wait are dropped. */
void exam_free(struct exam *exam);

/*
 * Hands in a paper, any number of the caller's. The caller hands in at most
 * EXAM_ROOM papers more than the markers have been given, and there may be many
 * more than that in all. Returns at once.
 * False if and only if exam_end() has been called: the paper stays the caller's.
 */
bool exam_hand_in(struct exam *exam, int paper);

/*
 * No more papers: for the desk. Those that wait are still handed out. What the
 * caller has written before may be read without a lock by every marker who has
 * been told NEXT_NO_MORE.
 */
void exam_end(struct exam *exam);

/* A marker of this exam. Markers may come and go as long as there is an exam. */
struct marker *marker_new(struct exam *exam);
/* No thread uses this marker any more. */
void marker_free(struct marker *marker);

/*
 * Waits for the next paper, in the order in which they were handed in, and
 * stores it in *paper. With another answer than NEXT_PAPER, *paper is left as
 * it is. One thread at a time asks for a marker.
 */
enum next marker_next(struct marker *marker, int *paper);

/*
 * Sends this marker home, and no other. Returns at once. From then on its
 * marker_next() says NEXT_STOPPED, even a call that waits now, and even if there
 * are papers: they are for markers who stay, or come. Any thread may call it,
 * even twice.
 */
void marker_stop(struct marker *marker);

#endif
