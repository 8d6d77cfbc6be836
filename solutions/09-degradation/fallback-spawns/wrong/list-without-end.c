/*
 * Three lines, and a list for all who wait for one.
 *
 * Tempting  the threads are bounded, nobody is refused, everybody will be called.
 * Refused   the tests: by three lines, half a minute each. The sixtieth member is called when the barn has burnt down,
 *           and the siren, which would have woken them all, was not sounded because nobody was refused.
 * test      fails raises_several_alarms_at_once, refuses_what_it_cannot_call, takes_calls_again,
 *           keeps_its_bounds_at_each_step
 */
#include "pager.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct waiting {
	int member;
	struct waiting *next;
};

struct pager {
	pager_send *send;
	pager_phone *phone;
	pthread_t lines[PAGER_LINES];
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	struct pager_counts counts;
	struct waiting *first, **end; /* who is to be called, and no line has taken yet */
	bool closed;
};

static void *call_later(void *arg)
{
	struct pager *pager = arg;

	CHECK(pthread_mutex_lock(&pager->lock));
	while (!pager->closed || pager->first) {
		if (!pager->first) {
			CHECK(pthread_cond_wait(&pager->changed, &pager->lock));
			continue;
		}
		struct waiting *one = pager->first;
		pager->first = one->next;
		if (!pager->first)
			pager->end = &pager->first;
		CHECK(pthread_mutex_unlock(&pager->lock));
		pager->phone(one->member);
		free(one);
		CHECK(pthread_mutex_lock(&pager->lock));
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
	pager->end = &pager->first;
	CHECK(pthread_mutex_init(&pager->lock, NULL));
	CHECK(pthread_cond_init(&pager->changed, NULL));
	for (int i = 0; i < PAGER_LINES; i++)
		NEED(pthread_create(&pager->lines[i], NULL, call_later, pager));
	return pager;
}

/* Needs the lock held. Promises a call. */
static enum pager_result promise(struct pager *pager, int member)
{
	struct waiting *one = malloc(sizeof *one);

	HAVE(one);
	*one = (struct waiting){.member = member};
	*pager->end = one;
	pager->end = &one->next;
	CHECK(pthread_cond_signal(&pager->changed));
	return PAGER_CALL;
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	enum pager_result result = PAGER_SENT;
	int error = pager->send(member);

	CHECK(pthread_mutex_lock(&pager->lock));
	pager->counts.alerted++;
	if (error)
		result = promise(pager, member);
	else
		pager->counts.sent++;
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
