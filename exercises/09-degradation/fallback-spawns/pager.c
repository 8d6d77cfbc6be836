/*
 * Yours to fix. A member who gets no message is called, by a thread of
 * their own. When no message can be sent, every member gets a thread.
 *
 * Promise   however many messages fail, the pager has its lines and no more, and says so when they do not suffice.
 * test      fails raises_several_alarms_at_once, refuses_what_it_cannot_call, takes_calls_again,
 *           keeps_its_bounds_at_each_step
 * budget    fires  started in call_later, joined in call_later, detached in call_later
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
};

/* A member to be called later. */
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

	pager->phone(call->member);
	free(call);
	CHECK(pthread_mutex_lock(&pager->lock));
	pager->pending--;
	pager->counts.called++;
	CHECK(pthread_cond_signal(&pager->changed));
	CHECK(pthread_mutex_unlock(&pager->lock));
	return NULL;
}

enum pager_result pager_alert(struct pager *pager, int member)
{
	int error = pager->send(member);

	CHECK(pthread_mutex_lock(&pager->lock));
	pager->counts.alerted++;
	pager->counts.sent += error == 0;
	pager->pending += error != 0;
	CHECK(pthread_mutex_unlock(&pager->lock));
	if (!error)
		return PAGER_SENT;

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
	/* The last thread may still be leaving the lock. */
}
