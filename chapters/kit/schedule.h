/*
 * A schedule pins one unlucky interleaving, so that a broken program is broken
 * in every run and not once a month: one thread goes on only when another has
 * reached a certain point.
 *
 *     enum { CACHE_FREED };
 *     main:     cache_free(c); schedule_reached(CACHE_FREED);
 *     evictor:  schedule_await(CACHE_FREED); c->hits++;
 *
 * It is not synchronisation. A lock, a condition or a join would order the two
 * accesses, and a detector would rightly see no race. These points order them
 * in time only, through the kernel, by a path that no detector follows: to it
 * the threads have merely run in this order by chance, as they do in
 * production. Take the calls away and the program has the same bug, with luck.
 *
 * A right program may contain these calls, and never needs them.
 *
 * Points are small numbers, 0 to SCHEDULE_POINTS - 1; any other aborts. A point
 * that was reached stays reached. Any thread may reach or await any point.
 */
#ifndef KIT_SCHEDULE_H
#define KIT_SCHEDULE_H

#include <pthread.h>
#include <stdbool.h>

#define SCHEDULE_POINTS 32

/* This point is reached, for good: a thread that awaits it goes on. */
void schedule_reached(int point);
/* Returns once the point has been reached. */
void schedule_await(int point);

/*
 * For a thread that nobody joins: it calls schedule_leaving() as its last act,
 * and schedule_await_gone() returns once the thread is no more, its stack and
 * its place in the kernel included. It is the one way to say "it has ended"
 * without the join that the program lacks. One thread may await one point.
 */
void schedule_leaving(int point);
void schedule_await_gone(int point);

/*
 * Returns once every other thread of the process waits: for a lock, a
 * condition, a join, a timer. Then nothing will happen but by the caller. A
 * test learns by it that a function waits, where a time limit could only guess.
 * A thread that sleeps for 20 ms or less at a time looks now and then whether
 * something has come: it has looked twenty times by then.
 */
void schedule_await_blocked(void);

/*
 * Holds a thread that waits, until it is let go: what wakes it meanwhile reaches
 * it later than everybody else, so that a place which it was woken for can be
 * taken by another before it looks. Returns once it is held. It must not have
 * ended; it is interrupted by SIGUSR2, which is schedule_hold()'s own. One thread
 * may hold several, one after the other, and lets all of them go at once.
 */
void schedule_hold(pthread_t thread);
void schedule_let_go(void);

/*
 * For a test, before it starts a thread: from here on each thread's first wait
 * for a condition, and every other one after it, ends at once without a signal.
 * POSIX allows that at any time, and hardly ever does it happen: so a wait that
 * is not in a loop is found out. Only the tests of exercises are linked for it.
 */
void schedule_wake_in_vain(void);

/*
 * For a test too: when the calling thread is woken from a wait for a condition,
 * it has the lock only after the point has been reached, and anybody may have it
 * meanwhile. As schedule_hold(), but the thread has left the condition: in glibc,
 * one that is held inside it can keep others from signalling. A wait that
 * schedule_wake_in_vain() ends is not meant, nor one for a semaphore.
 */
void schedule_wake_late(int point);

/*
 * The next three are for a test too. They stop the calling thread before it takes a lock, until every other thread waits; one
 * in schedule_await_blocked() counts as one that waits. What they can do before that lock they have done by then. The one that
 * a thread has called last is in force.
 */

/* Before each lock, from here on: so two steps of a shutdown in the wrong order are found out. One thread of a test may. */
void schedule_go_last(void);
/*
 * Before its number'th lock from here on; this point is reached there. So a step that takes a lock twice and should not is
 * found out. 0: nowhere any more.
 */
void schedule_reached_before_lock(int number, int point);
/*
 * Before each lock until it says false; the thread that is in schedule_await_turn() has its turn there. So what lies between
 * two locks, and should lie under one, is found out. One thread at a time gives turns, and one awaits them.
 */
void schedule_give_turns(bool gives);
void schedule_await_turn(void);
/* One turn, which the caller does not wait for. */
void schedule_give_turn(void);

/*
 * The same when the calling thread has just taken its first lock from here on: so one that does not wait for a lock which
 * somebody has for a moment is found out.
 */
void schedule_reached_in_lock(int point);
/* Returns once every other thread waits, but for those that are in schedule_await_blocked(). */
void schedule_await_others(void);

/*
 * For a test too: from here on the calling thread gets this signal whenever it has just taken a lock, if the process
 * handles it and the thread does not block it. A signal that is sent to the process may come like that at any time; what a
 * handler must not do is found out.
 */
void schedule_interrupt_when_locked(int signal);
/* Whether one has come to any thread like that. */
bool schedule_was_interrupted(void);
/* For schedule_interrupt_when_locked(): one is about to come. */
void schedule_note_interrupt(void);

#endif
