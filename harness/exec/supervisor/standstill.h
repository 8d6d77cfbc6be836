/*
 * Whether a program can still go on. Looked at from outside, in /proc: what
 * each of its threads waits for.
 *
 * A deadlock is certain, never guessed: every thread of every process waits,
 * without a time limit, for something that only another of these threads could
 * do: give back a lock, signal a condition, end, fill or empty a pipe that
 * nobody else has. A program that could be woken by a signal, a timer, a
 * socket, a file or another process is not in one.
 */
#ifndef LOOSE_STANDSTILL_H
#define LOOSE_STANDSTILL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum standing {
	STANDS_NOT,		 /* something runs, or waits with a time limit, or cannot be seen */
	STANDS_WAITING,		 /* each thread waits without a limit, some of them for the world outside */
	STANDS_UNLESS_SIGNALLED, /* each waits for another, and the process catches signals that could come */
	STANDS_FOR_EVER,	 /* a deadlock, unless a thread has been woken since it was looked at */
};

/*
 * Looks at all threads of these processes. *mark tells two looks apart: it
 * stays the same only while no thread has run in between, so that a state that
 * was seen twice with one mark is true of the time between. `program` is the
 * file that was started.
 */
enum standing standstill_look(const pid_t *pids, size_t count, const char *program, uint64_t *mark);

#endif
