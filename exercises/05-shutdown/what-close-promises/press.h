/*
 * A printing press: customers submit jobs, and one thread or more prints them.
 * There is room for two jobs that wait; a third customer waits for a place.
 *
 *     struct press *press = press_open(print, hall);
 *     if (!press_submit(press, job))
 *             ... refused: the press is closed, or closing ...
 *     press_close(press);
 *
 * What press_close() promises is not written down yet. That is yours: press.c.
 *
 * The sentences of which a promise is made, and no other:
 *
 *     press_open() opens the press
 *     press_submit() never waits
 *     jobs are finished in the order in which they were submitted
 *     a job is printed at most once
 *     a job that is refused is still its customer's
 *     print() is never called by the thread that calls press_close()
 *     press_close() waits for no job that has not begun
 *     when press_close() returns, no job is being printed
 *     when press_close() returns, every job that was accepted has been printed
 *     once press_close() has been called, no job is accepted any more
 *     once press_close() has been called, no customer waits for a place
 *
 * The budget is of a program that opens a press, submits jobs, closes it, and
 * returns from main(). kit/contract.h says how it is written.
 */
#ifndef PRESS_H
#define PRESS_H

#include <stdbool.h>

#include "kit/contract.h"

enum { PRESS_ROOM = 2 };

struct job;

/* Prints one job. May take its time. The press releases the job afterwards. */
typedef void press_print(void *hall, struct job *job);

struct press;

struct press *press_open(press_print *print, void *hall);
/* Hands the job over, for which it may wait. False: it is refused. */
bool press_submit(struct press *press, struct job *job);
void press_close(struct press *press);

/* What stands above press_close() in the header that customers will read. */
extern const struct contract press_contract;

#endif
