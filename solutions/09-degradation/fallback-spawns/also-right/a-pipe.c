/*
 * The list is a pipe, and the kernel keeps it: a line waits in read(), and the end
 * of the pipe is the end of the night, which comes after all that was written
 * before. What the pipe cannot know is how many calls are not yet over: those are
 * counted. They are few enough to have room in it, so that no write ever waits.
 *
 * Promise   however many messages fail, the pager has its lines and no more, and says so when they do not suffice.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when started <= joined + 5, joined == started, detached <= 0
 */
#include "pager.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"

struct pager {
	pager_send *send;
	pager_phone *phone;
	pthread_t lines[PAGER_LINES];
	pthread_mutex_t lock;
	int wire[2];
	/* all below guarded by lock */
	struct pager_counts counts;
	int pending; /* calls that are promised and not yet over */
};

static void *call_later(void *arg)
{
	struct pager *pager = arg;
	int member;
	ssize_t got;

	while ((got = read(pager->wire[0], &member, sizeof member)) != 0) {
		if (got < 0) {
			REQUIRE(errno == EINTR);
			continue;
		}
		pager->phone(member);
		CHECK(pthread_mutex_lock(&pager->lock));
		pager->pending--;
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
	CHECK(pthread_mutex_init(&pager->lock, NULL));
	HAVE(pipe(pager->wire) == 0);
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
	REQUIRE(write(pager->wire[1], &member, sizeof member) == sizeof member);
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
	/* What was promised is still called: a line ends only when nobody waits. */
	close(pager->wire[1]);
	for (int i = 0; i < PAGER_LINES; i++)
		CHECK(pthread_join(pager->lines[i], NULL));
	close(pager->wire[0]);
	CHECK(pthread_mutex_destroy(&pager->lock));
	free(pager);
}
