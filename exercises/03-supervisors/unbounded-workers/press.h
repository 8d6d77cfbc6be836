/*
 * A press prints jobs, a few of them at a time. A job may fail, and most
 * failures pass: the press tries again, and then sets the job aside.
 *
 *     struct press *press = press_open(3, print, set_aside);
 *     press_submit(press, job);
 *     ...
 *     press_close(press);
 *
 * Any number of presses may be open in a process. They know nothing of each other.
 */
#ifndef PRESS_H
#define PRESS_H

enum {
	PRESS_TRIES = 3,    /* of one job, in all */
	PRESS_WAITING = 32, /* jobs that may wait */
};

/* Prints a job. Returns 0 or an error number. Called by several threads at once, but never for the same job. */
typedef int press_print(void *job);
/* Takes a job that cannot be printed, with its last error. May be called by several threads at once. */
typedef void press_set_aside(void *job, int error);

struct press;

/*
 * At any time until press_close() has returned,
 *
 *   - at most `workers` jobs are being printed; and as many, if there are enough jobs;
 *   - the press has at most one other thread, however many jobs have
 *     come, and whatever became of them.
 */
struct press *press_open(int workers, press_print *print, press_set_aside *set_aside);

/* Any thread. Hands a job over. Waits only while PRESS_WAITING jobs wait already, until one of them begins. */
void press_submit(struct press *press, void *job);

/*
 * Waits for all that was submitted. When it returns, each job was printed, or
 * was tried PRESS_TRIES times and set aside, once. All threads are joined: what
 * they wrote may be read without a lock. All memory is free.
 */
void press_close(struct press *press);

#endif
