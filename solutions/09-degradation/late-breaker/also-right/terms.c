/*
 * A permit is a number: the term of the breaker in which it was given. Each time
 * the breaker changes its mind a new term begins. An answer counts in its own
 * term only, so that nobody has to remember whether it was the probe.
 *
 * Promise   a thread is started for a lookup that the breaker has let through, and for no other.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when started <= may_start, joined == started
 */
#include "lookup.h"

#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

enum { NO };

struct lookups {
	lookup_ask *ask;
	lookup_thread *start;
	pthread_mutex_t lock;
	/* all below guarded by lock */
	enum { CLOSED, OPEN, PROBE_DUE, PROBING } breaker;
	long term;	    /* from one change of the breaker's mind to the next; from 1 */
	int failures;	    /* in a row, while it is closed */
	struct lookup *all; /* whose threads are not joined yet */
};

struct lookup {
	struct lookups *lookups;
	int call;
	long permit;
	pthread_t thread;
	bool ended; /* the thread needs the lock no more; guarded by lock */
	struct lookup *next;
};

/* Needs the lock held. */
static void change(struct lookups *lookups, int breaker)
{
	lookups->breaker = breaker;
	lookups->failures = 0;
	lookups->term++;
}

/* Needs the lock held. Returns a permit: the term in which it was given, or NO. */
static long breaker_lets_through(struct lookups *lookups)
{
	if (lookups->breaker == PROBE_DUE)
		change(lookups, PROBING);
	else if (lookups->breaker != CLOSED)
		return NO;
	return lookups->term;
}

/* Needs the lock held. What was asked in a term that is over does not count any more. */
static void breaker_is_told(struct lookups *lookups, long permit, int error)
{
	if (permit != lookups->term)
		return;
	if (!error && lookups->breaker == PROBING)
		change(lookups, CLOSED);
	lookups->failures = error ? lookups->failures + 1 : 0;
	if (error && (lookups->breaker == PROBING || lookups->failures == LOOKUP_FAILURES))
		change(lookups, OPEN);
}

/* Needs the lock held. The permit was not used: a probe is to be made once more. */
static void breaker_takes_back(struct lookups *lookups, long permit)
{
	if (permit == lookups->term && lookups->breaker == PROBING)
		change(lookups, PROBE_DUE);
}

static void *look_up(void *arg)
{
	struct lookup *self = arg;
	struct lookups *lookups = self->lookups;
	int error = lookups->ask(self->call);

	CHECK(pthread_mutex_lock(&lookups->lock));
	breaker_is_told(lookups, self->permit, error);
	self->ended = true;
	CHECK(pthread_mutex_unlock(&lookups->lock));
	return NULL;
}

/* Needs the lock held. Joins the threads that have ended, or are about to. */
static void join_ended(struct lookups *lookups)
{
	for (struct lookup **link = &lookups->all; *link;) {
		struct lookup *one = *link;

		if (!one->ended) {
			link = &one->next;
			continue;
		}
		*link = one->next;
		CHECK(pthread_join(one->thread, NULL));
		free(one);
	}
}

struct lookups *lookups_new(lookup_ask *ask, lookup_thread *start)
{
	struct lookups *lookups = calloc(1, sizeof *lookups);

	HAVE(lookups);
	lookups->ask = ask;
	lookups->start = start;
	lookups->term = 1;
	CHECK(pthread_mutex_init(&lookups->lock, NULL));
	return lookups;
}

/* Needs the lock held. Starts a thread for a lookup that was let through. */
static enum lookup_result start(struct lookups *lookups, int call, long permit)
{
	struct lookup *self = calloc(1, sizeof *self);

	HAVE(self);
	*self = (struct lookup){.lookups = lookups, .call = call, .permit = permit};
	if (lookups->start(&self->thread, look_up, self) != 0) {
		free(self);
		breaker_takes_back(lookups, permit);
		return LOOKUP_NO_THREAD;
	}
	self->next = lookups->all;
	lookups->all = self;
	return LOOKUP_STARTED;
}

enum lookup_result lookup_start(struct lookups *lookups, int call)
{
	enum lookup_result result = LOOKUP_OPEN;

	CHECK(pthread_mutex_lock(&lookups->lock));
	join_ended(lookups);
	long permit = breaker_lets_through(lookups);
	if (permit != NO)
		result = start(lookups, call, permit);
	CHECK(pthread_mutex_unlock(&lookups->lock));
	return result;
}

void lookups_pause_over(struct lookups *lookups)
{
	CHECK(pthread_mutex_lock(&lookups->lock));
	if (lookups->breaker == OPEN)
		lookups->breaker = PROBE_DUE;
	CHECK(pthread_mutex_unlock(&lookups->lock));
}

void lookups_free(struct lookups *lookups)
{
	struct lookup *next;

	for (struct lookup *one = lookups->all; one; one = next) {
		next = one->next;
		CHECK(pthread_join(one->thread, NULL));
		free(one);
	}
	CHECK(pthread_mutex_destroy(&lookups->lock));
	free(lookups);
}
