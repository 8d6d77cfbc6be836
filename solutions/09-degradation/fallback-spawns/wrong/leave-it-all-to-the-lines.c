/*
 * Everything goes to the lines, the message too: the caller that has the member in hand
 * tries the message first, and then the telephone.
 *
 * Tempting  one way for all, one queue, one bound; the alarm itself does nothing that could fail.
 * Refused   the tests: the slow path is full, and so the fast one is closed as well. A message that could have been
 *           sent in a moment waits behind eight people who are asleep, or is refused.
 * test      fails raises_several_alarms_at_once, takes_calls_again
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
		bool sent = pager->send(member) == 0;
		if (!sent)
			pager->phone(member);
		CHECK(pthread_mutex_lock(&pager->lock));
		pager->pending--;
		if (sent)
			pager->counts.sent++;
		else
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
	if (pager->pending == PAGER_PENDING) {
		pager->counts.refused++;
		return PAGER_REFUSED;
	}
	pager->pending++;
	pager->members[(pager->first + pager->waiting++) % PAGER_PENDING] = member;
	CHECK(pthread_cond_signal(&pager->changed));
	return PAGER_CALL;
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	CHECK(pthread_mutex_lock(&pager->lock));
	pager->counts.alerted++;
	enum pager_result result = promise(pager, member);
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
