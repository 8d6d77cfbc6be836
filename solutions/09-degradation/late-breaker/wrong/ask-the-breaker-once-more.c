/*
 * The breaker is asked first; and a thread that has its turn late checks whether it has opened since.
 *
 * Tempting  a directory that is down is asked by nobody, not even by those that were let through a moment before.
 * Refused   the test: they have a permit, and the answer was LOOKUP_STARTED. The call rings for a name that nobody asks
 *           for, and the thread was started for nothing.
 * test      fails lets_one_probe_through
 */
#include "lookup.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

/* What the breaker says. A caller that was let through tells it how it went, and with which permit. */
enum permit { NO, YES, PROBE };

struct lookups {
	lookup_ask *ask;
	lookup_thread *start;
	pthread_mutex_t lock;
	/* all below guarded by lock */
	enum { CLOSED, OPEN, PROBE_DUE, PROBING } breaker;
	int failures;	    /* in a row, while it is closed */
	struct lookup *all; /* whose threads are not joined yet */
};

struct lookup {
	struct lookups *lookups;
	int call;
	enum permit permit;
	pthread_t thread;
	bool ended; /* the thread needs the lock no more; guarded by lock */
	struct lookup *next;
};

/* Needs the lock held. */
static enum permit breaker_lets_through(struct lookups *lookups)
{
	if (lookups->breaker == CLOSED)
		return YES;
	if (lookups->breaker != PROBE_DUE)
		return NO;
	lookups->breaker = PROBING;
	return PROBE;
}

/* Needs the lock held. */
static void breaker_is_told(struct lookups *lookups, enum permit permit, int error)
{
	if (permit == PROBE) {
		lookups->breaker = error ? OPEN : CLOSED;
		lookups->failures = 0;
	} else if (lookups->breaker == CLOSED) {
		lookups->failures = error ? lookups->failures + 1 : 0;
		if (lookups->failures == LOOKUP_FAILURES)
			lookups->breaker = OPEN;
	}
}

/* Needs the lock held. The permit was not used: nothing is known of the directory. A probe is to be made once more. */
static void breaker_takes_back(struct lookups *lookups, enum permit permit)
{
	if (permit == PROBE)
		lookups->breaker = PROBE_DUE;
}

static void *look_up(void *arg)
{
	struct lookup *self = arg;
	struct lookups *lookups = self->lookups;
	CHECK(pthread_mutex_lock(&lookups->lock));
	bool open = self->permit == YES && lookups->breaker != CLOSED;
	CHECK(pthread_mutex_unlock(&lookups->lock));
	int error = open ? EAGAIN : lookups->ask(self->call);

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
	CHECK(pthread_mutex_init(&lookups->lock, NULL));
	return lookups;
}

/* Needs the lock held. Starts a thread for a lookup that was let through. */
static enum lookup_result start(struct lookups *lookups, int call, enum permit permit)
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
	enum permit permit = breaker_lets_through(lookups);
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
