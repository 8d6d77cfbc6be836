/*
 * A thread for each call that was promised, and in it a wait for one of the
 * lines. The promises have their bound, and the calls have theirs.
 *
 * Tempting  a failure is a thread, which is so simple; three calls at once, eight promises, refusals told and counted.
 *           The tests pass.
 * Refused   the budget: those that wait for a line are threads as well. They are eight here, since eight may be
 *           promised; with a list for 800 they are 800. And nobody waits for their end: the close waits for a number.
 * test      passes
 * budget    fires  started in call_later, joined in call_later, detached in call_later,
 *                  started in raise_alarm
 *                  when started <= joined + 5, joined == started, detached <= 0
 */
#include "pager.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct pager {
	pager_send *send;
	pager_phone *phone;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	struct pager_counts counts;
	int pending; /* calls that are promised and not yet over */
	int calling; /* of these; on a line */
};

/* Somebody to be called later. */
struct call {
	struct pager *pager;
	int member;
};

struct pager *pager_open(pager_send *send, pager_phone *phone)
{
	struct pager *pager = calloc(1, sizeof *pager);

	HAVE(pager);
	pager->send = send;
	pager->phone = phone;
	CHECK(pthread_mutex_init(&pager->lock, NULL));
	CHECK(pthread_cond_init(&pager->changed, NULL));
	return pager;
}

static void *call_later(void *arg)
{
	struct call *call = arg;
	struct pager *pager = call->pager;

	CHECK(pthread_mutex_lock(&pager->lock));
	while (pager->calling == PAGER_LINES)
		CHECK(pthread_cond_wait(&pager->changed, &pager->lock));
	pager->calling++;
	CHECK(pthread_mutex_unlock(&pager->lock));
	pager->phone(call->member);
	free(call);
	CHECK(pthread_mutex_lock(&pager->lock));
	pager->calling--;
	pager->pending--;
	pager->counts.called++;
	CHECK(pthread_cond_broadcast(&pager->changed));
	CHECK(pthread_mutex_unlock(&pager->lock));
	return NULL;
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	enum pager_result result = PAGER_SENT;
	int error = pager->send(member);

	CHECK(pthread_mutex_lock(&pager->lock));
	pager->counts.alerted++;
	if (error)
		result = pager->pending == PAGER_PENDING ? PAGER_REFUSED : PAGER_CALL;
	pager->counts.sent += result == PAGER_SENT;
	pager->counts.refused += result == PAGER_REFUSED;
	pager->pending += result == PAGER_CALL;
	CHECK(pthread_mutex_unlock(&pager->lock));
	if (result != PAGER_CALL)
		return result;

	struct call *call = malloc(sizeof *call);
	pthread_t thread;

	HAVE(call);
	*call = (struct call){pager, member};
	NEED(pthread_create(&thread, NULL, call_later, call));
	CHECK(pthread_detach(thread));
	return PAGER_CALL;
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
	while (pager->pending > 0)
		CHECK(pthread_cond_wait(&pager->changed, &pager->lock));
	CHECK(pthread_mutex_unlock(&pager->lock));
}
