/*
 * What delays.c tells the monitor: which function a thread begins with there, in
 * front of its own. The argument of that function points to the thread's own, which
 * is what a reader wants to be told.
 */
#ifndef LOOSE_DELAYS_H
#define LOOSE_DELAYS_H

extern void *(*const loose_begins_late)(void *own);

#endif
