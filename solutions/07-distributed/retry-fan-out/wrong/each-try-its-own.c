/*
 * Each try has memory of its own, which the last one to use it frees. An answer
 * that comes too late finds a try at which nobody looks any more.
 *
 * Tempting  late answers do no harm now, and no detector of races or of memory has a word to say.
 * Refused   the budget: the harm is undone, and the pile is as high as before. Four tries are twelve threads and twelve
 *           connections, of which nobody knows when they end.
 * test      passes
 * budget    fires  threads in ask_mast, joined in ask_mast when threads <= 5, joined == started
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

struct
try {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int answers, knots[WIND_MASTS];
	int users; /* ask_all(), and the threads; the last one frees it */
};

struct question {
	struct try *try;
	int wire, mast;
};

static void let_go(struct try *try)
{
	CHECK(pthread_mutex_lock(&try->lock));
	bool last = --try->users == 0;
	CHECK(pthread_mutex_unlock(&try->lock));
	if (!last)
		return;
	CHECK(pthread_cond_destroy(&try->changed));
	CHECK(pthread_mutex_destroy(&try->lock));
	free(try);
}

/* What comes too late goes into a try at which nobody looks any more. */
static void *ask_mast(void *arg)
{
	struct question question = *(struct question *)arg;
	int knots = 0;

	free(arg);
	bool answered = recv(question.wire, &knots, sizeof knots, MSG_WAITALL) == sizeof knots;

	close(question.wire);
	CHECK(pthread_mutex_lock(&question.try->lock));
	question.try->knots[question.mast] = knots;
	question.try->answers += answered;
	CHECK(pthread_cond_signal(&question.try->changed));
	CHECK(pthread_mutex_unlock(&question.try->lock));
	let_go(question.try);
	return NULL;
}

static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct timespec end = deadline_in(patience);
	struct try *try = calloc(1, sizeof *try);
	pthread_t thread;

	HAVE(try);
	CHECK(pthread_mutex_init(&try->lock, NULL));
	deadline_cond_init(&try->changed);
	try->users = WIND_MASTS + 1;
	for (int i = 0; i < WIND_MASTS; i++) {
		struct question *question = malloc(sizeof *question);
		HAVE(question);
		*question = (struct question){try, loopback_connect(ports[i]), i};
		NEED(pthread_create(&thread, NULL, ask_mast, question));
		CHECK(pthread_detach(thread));
	}
	CHECK(pthread_mutex_lock(&try->lock));
	while (try->answers < WIND_MASTS && deadline_cond_wait(&try->changed, &try->lock, &end))
		;
	bool all = try->answers == WIND_MASTS;
	for (int i = 0; i < WIND_MASTS && all; i++)
		knots[i] = try->knots[i];
	CHECK(pthread_mutex_unlock(&try->lock));
	let_go(try);
	return all;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	for (int i = 0; i < WIND_TRIES; i++)
		if (ask_all(ports, patience[i], knots))
			return i + 1;
	return 0;
}
