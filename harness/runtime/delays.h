/*
 * What delays.c and the monitor have to do with each other, in the programs that are
 * linked with both.
 */
#ifndef LOOSE_DELAYS_H
#define LOOSE_DELAYS_H

/*
 * The function that a thread begins with, in front of its own. Its argument points
 * to the thread's own, which is what a reader wants to be told.
 */
extern void *(*const loose_begins_late)(void *own);
/* Before the monitor counts a thread's end: from then on it is gone, however long the system takes. */
void loose_ends_late(void);

#endif
