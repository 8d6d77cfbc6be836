/*
 * The kit's queue has those who wait, and a count has the lines that are busy. Both together are what is promised.
 *
 * Tempting  no number has to be kept in step with the queue, which knows its own length; each of the two is read under its
 *           lock.
 * Refused   the test: a line that has taken a member out of the queue is not busy yet. Between its two locks nobody counts
 *           that call, and one too many is promised.
 * test      fails keeps_its_bounds_at_each_step
 */
#include "pager.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct pager {
	pager_send *send;
	pager_phone *phone;
	pthread_t lines[PAGER_LINES];
	struct queue calls;
	pthread_mutex_t lock;
	/* all below guarded by lock */
	struct pager_counts counts;
	int busy;
};

static void *call_later(void *arg)
{
	struct pager *pager = arg;
	void *member;

	while (queue_take(&pager->calls, &member)) {
		CHECK(pthread_mutex_lock(&pager->lock));
		pager->busy++;
		CHECK(pthread_mutex_unlock(&pager->lock));
		pager->phone(*(int *)member);
		free(member);
		CHECK(pthread_mutex_lock(&pager->lock));
		pager->busy--;
		pager->counts.called++;
		CHECK(pthread_mutex_unlock(&pager->lock));
	}
	return NULL;
}

struct pager *pager_open(pager_send *send, pager_phone *phone)
{
	struct pager *pager = calloc(1, sizeof *pager);

	HAVE(pager);
	pager->send = send;
	pager->phone = phone;
	queue_init(&pager->calls, PAGER_PENDING);
	CHECK(pthread_mutex_init(&pager->lock, NULL));
	for (int i = 0; i < PAGER_LINES; i++)
		NEED(pthread_create(&pager->lines[i], NULL, call_later, pager));
	return pager;
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	enum pager_result result = PAGER_SENT;
	int error = pager->send(member);

	CHECK(pthread_mutex_lock(&pager->lock));
	pager->counts.alerted++;
	if (!error) {
		pager->counts.sent++;
	} else if (pager->busy + (int)queue_count(&pager->calls) < PAGER_PENDING) {
		int *one = malloc(sizeof *one);
		HAVE(one);
		*one = member;
		REQUIRE(queue_offer(&pager->calls, one));
		result = PAGER_CALL;
	} else {
		pager->counts.refused++;
		result = PAGER_REFUSED;
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
	queue_close(&pager->calls);
	for (int i = 0; i < PAGER_LINES; i++)
		CHECK(pthread_join(pager->lines[i], NULL));
	queue_destroy(&pager->calls);
	CHECK(pthread_mutex_destroy(&pager->lock));
	free(pager);
}
