/*
 * When the message has failed, pager_alert() checks whether a call can be promised, and then promises it.
 *
 * Tempting  each step is under the lock, and the look comes after the message, so that nothing slow lies between the two.
 * Refused   the test: another alarm does. Both have seen the same place, and promise it.
 * test      fails raises_several_alarms_at_once
 */
#include "pager.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct pager {
	pager_send *send;
	pager_phone *phone;
	pthread_t lines[PAGER_LINES];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	struct pager_counts counts;
	int members[PAGER_PENDING], first, waiting; /* that no line has taken yet */
	int pending;				    /* calls that are promised and not yet over */
	bool closed;
};

static void *call_later(void *arg)
{
	struct pager *pager = arg;

	CHECK(pthread_mutex_lock(&pager->lock));
	while (!pager->closed || pager->waiting > 0) {
		if (pager->waiting == 0) {
			CHECK(pthread_cond_wait(&pager->changed, &pager->lock));
			continue;
		}
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
	return NULL;
}

struct pager *pager_open(pager_send *send, pager_phone *phone)
{
	struct pager *pager = calloc(1, sizeof *pager);

	HAVE(pager);
	pager->send = send;
	pager->phone = phone;
	CHECK(pthread_mutex_init(&pager->lock, NULL));
	CHECK(pthread_cond_init(&pager->changed, NULL));
	for (int i = 0; i < PAGER_LINES; i++)
		NEED(pthread_create(&pager->lines[i], NULL, call_later, pager));
	return pager;
}

/* Needs the lock held. Promises a call, or counts that nobody will call. */
static enum pager_result promise(struct pager *pager, int member)
{
	pager->pending++;
	pager->members[(pager->first + pager->waiting++) % PAGER_PENDING] = member;
	CHECK(pthread_cond_signal(&pager->changed));
	return PAGER_CALL;
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	enum pager_result result = PAGER_SENT;
	int error = pager->send(member); /* without the lock: the lines go on meanwhile */

	CHECK(pthread_mutex_lock(&pager->lock));
	pager->counts.alerted++;
	bool room = pager->pending < PAGER_PENDING;
	if (!error)
		pager->counts.sent++;
	else if (!room)
		pager->counts.refused++;
	CHECK(pthread_mutex_unlock(&pager->lock));
	if (!error)
		return PAGER_SENT;
	if (!room)
		return PAGER_REFUSED;
	CHECK(pthread_mutex_lock(&pager->lock));
	result = promise(pager, member);
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
	/* What was promised is still called: a line ends only when nobody waits. */
	CHECK(pthread_mutex_lock(&pager->lock));
	pager->closed = true;
	CHECK(pthread_cond_broadcast(&pager->changed));
	CHECK(pthread_mutex_unlock(&pager->lock));
	for (int i = 0; i < PAGER_LINES; i++)
		CHECK(pthread_join(pager->lines[i], NULL));
	CHECK(pthread_cond_destroy(&pager->changed));
	CHECK(pthread_mutex_destroy(&pager->lock));
	free(pager);
}
