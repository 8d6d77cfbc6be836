/*
 * Each line has a list of its own, and the members are dealt out to them in
 * turn.
 *
 * Tempting  no line takes what another one was woken for, the bound is right, and each line has as many members as the
 *           others. As long as all of them pick up, the calls are made as before.
 * Refused   the test: one member does not wake up. Those who are in the list of that line wait for them, while the
 *           other two lines have nothing to do.
 * test      fails takes_calls_again
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
	struct list {
		int members[PAGER_PENDING], first, waiting; /* that their line has not taken yet */
	} lists[PAGER_LINES];
	int promised; /* so far: whose turn it is */
	int pending;  /* calls that are promised and not yet over */
	bool closed;
};

struct line {
	struct pager *pager;
	struct list *list;
};

static void *call_later(void *arg)
{
	struct line line = *(struct line *)arg;
	struct pager *pager = line.pager;
	struct list *list = line.list;

	free(arg);
	CHECK(pthread_mutex_lock(&pager->lock));
	while (!pager->closed || list->waiting > 0) {
		if (list->waiting == 0) {
			CHECK(pthread_cond_wait(&pager->changed, &pager->lock));
			continue;
		}
		int member = list->members[list->first];
		list->first = (list->first + 1) % PAGER_PENDING;
		list->waiting--;
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
	for (int i = 0; i < PAGER_LINES; i++) {
		struct line *line = malloc(sizeof *line);
		HAVE(line);
		*line = (struct line){pager, &pager->lists[i]};
		NEED(pthread_create(&pager->lines[i], NULL, call_later, line));
	}
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
	struct list *list = &pager->lists[pager->promised++ % PAGER_LINES];
	list->members[(list->first + list->waiting++) % PAGER_PENDING] = member;
	CHECK(pthread_cond_broadcast(&pager->changed));
	return PAGER_CALL;
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	enum pager_result result = PAGER_SENT;
	int error = pager->send(member); /* without the lock: the lines go on meanwhile */

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
