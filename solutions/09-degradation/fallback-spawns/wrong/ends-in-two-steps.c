/*
 * As lines-on-demand, but a line sees that nobody waits, lets the lock go, and says then that it has ended.
 *
 * Tempting  the list is one thing, and the state of the line is another; each is looked at under the lock.
 * Refused   the test: between the two a call is promised. Its caller sees a busy line, which would look into the list
 *           once more, and starts none. The member waits for somebody else's failure.
 * test      fails keeps_its_bounds_at_each_step
 */
#include "pager.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct line {
	struct pager *pager;
	pthread_t thread;
	enum { FREE, BUSY, ENDED } state; /* guarded by the pager's lock; ENDED: to be joined */
};

struct pager {
	pager_send *send;
	pager_phone *phone;
	pthread_mutex_t lock;
	/* all below guarded by lock */
	struct line lines[PAGER_LINES];
	struct pager_counts counts;
	int members[PAGER_PENDING], first, waiting; /* that no line has taken yet */
	int pending;				    /* calls that are promised and not yet over */
};

static void *call_later(void *arg)
{
	struct line *line = arg;
	struct pager *pager = line->pager;

	CHECK(pthread_mutex_lock(&pager->lock));
	while (pager->waiting > 0) {
		int member = pager->members[pager->first];
		pager->first = (pager->first + 1) % PAGER_PENDING;
		pager->waiting--;
		CHECK(pthread_mutex_unlock(&pager->lock));
		pager->phone(member);
		CHECK(pthread_mutex_lock(&pager->lock));
		pager->pending--;
		pager->counts.called++;
	}
	CHECK(pthread_mutex_unlock(&pager->lock));
	CHECK(pthread_mutex_lock(&pager->lock));
	line->state = ENDED;
	CHECK(pthread_mutex_unlock(&pager->lock));
	return NULL;
}

struct pager *pager_open(pager_send *send, pager_phone *phone)
{
	struct pager *pager = calloc(1, sizeof *pager);

	HAVE(pager);
	pager->send = send;
	pager->phone = phone;
	CHECK(pthread_mutex_init(&pager->lock, NULL));
	for (int i = 0; i < PAGER_LINES; i++)
		pager->lines[i].pager = pager;
	return pager;
}

/* Needs the lock held. All lines are busy: one of them will look into the list before it ends. */
static void start_a_line(struct pager *pager)
{
	for (int i = 0; i < PAGER_LINES; i++) {
		struct line *line = &pager->lines[i];

		if (line->state == BUSY)
			continue;
		if (line->state == ENDED)
			CHECK(pthread_join(line->thread, NULL)); /* it has let the lock go, for the last time */
		line->state = BUSY;
		NEED(pthread_create(&line->thread, NULL, call_later, line));
		return;
	}
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	enum pager_result result = PAGER_SENT;
	int error = pager->send(member);

	CHECK(pthread_mutex_lock(&pager->lock));
	pager->counts.alerted++;
	if (!error) {
		pager->counts.sent++;
	} else if (pager->pending == PAGER_PENDING) {
		pager->counts.refused++;
		result = PAGER_REFUSED;
	} else {
		pager->pending++;
		pager->members[(pager->first + pager->waiting++) % PAGER_PENDING] = member;
		start_a_line(pager);
		result = PAGER_CALL;
	}
	CHECK(pthread_mutex_unlock(&pager->lock));
	return result;
}

struct pager_counts pager_counts(struct pager *pager)
{
	CHECK(pthread_mutex_lock(&pager->lock));
	struct pager_counts counts = pager->counts;
	CHECK(pthread_mutex_unlock(&pager->lock));
	return counts;
}

void pager_close(struct pager *pager)
{
	/* Nobody starts a line any more, and a busy one ends only when nobody waits to be called. */
	for (int i = 0; i < PAGER_LINES; i++) {
		CHECK(pthread_mutex_lock(&pager->lock));
		bool was_started = pager->lines[i].state != FREE;
		CHECK(pthread_mutex_unlock(&pager->lock));
		if (was_started)
			CHECK(pthread_join(pager->lines[i].thread, NULL));
	}
	CHECK(pthread_mutex_destroy(&pager->lock));
	free(pager);
}
