/*
 * A line is started when it is needed, at most three run, and each ends when nobody waits. All are joined at the close.
 *
 * Tempting  on a good night there is no thread at all, no more than three calls are made at once, and not one thread
 *           is lost. The tests pass, and every race detector is silent.
 * Refused   the budget: a thread that has ended is there until it is joined, with its stack. Each failure that finds
 *           the lines idle leaves one behind, and the pager is closed when the station is pulled down.
 * test      passes
 * tsan      silent
 * budget    fires  started in call_later, started in raise_alarm
 *                  when started <= joined + 5, joined == started, detached <= 0
 */
#include "pager.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct line {
	pthread_t thread;
	struct line *next;
};

struct pager {
	pager_send *send;
	pager_phone *phone;
	pthread_mutex_t lock;
	/* all below guarded by lock */
	struct line *lines; /* all that were ever started */
	int busy;
	struct pager_counts counts;
	int members[PAGER_PENDING], first, waiting; /* that no line has taken yet */
	int pending;				    /* calls that are promised and not yet over */
};

static void *call_later(void *arg)
{
	struct pager *pager = arg;

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
	pager->busy--;
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
	return pager;
}

/* Needs the lock held. If all lines are busy, one of them will look into the list before it ends. */
static void start_a_line(struct pager *pager)
{
	if (pager->busy == PAGER_LINES)
		return;
	struct line *line = malloc(sizeof *line);
	HAVE(line);
	line->next = pager->lines;
	pager->lines = line;
	pager->busy++;
	NEED(pthread_create(&line->thread, NULL, call_later, pager));
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
	while (pager->lines) {
		struct line *line = pager->lines;
		CHECK(pthread_join(line->thread, NULL));
		pager->lines = line->next;
		free(line);
	}
	CHECK(pthread_mutex_destroy(&pager->lock));
	free(pager);
}
