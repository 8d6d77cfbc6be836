/*
 * When the time is up the threads are cancelled, and joined.
 *
 * Tempting  it is what the function is called, recv() is a cancellation point, and the join comes at once.
 * Refused   the tests: the thread ends in recv(), and the close() after it is never reached. Each try that times out
 *           leaves its connections open. (A cancelled thread can also end with the lock in its hands, at any wait for
 *           the condition; here it does not wait for one.)
 * test      fails late_answers_reach_nobody, an_answer_ends_with_its_try, gives_up, an_answer_comes_in_halves
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

/* On the stack of ask_all(): it can be, since no thread outlives the call. */
struct
try {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int answers; /* guarded by lock */
	struct question {
		struct try *try;
		int wire, knots; /* knots: of the thread, and when it is joined, of ask_all() */
		pthread_t thread;
	} questions[WIND_MASTS];
};

static void *ask_mast(void *arg)
{
	struct question *question = arg;
	struct try *try = question->try;

	bool answered =
		recv(question->wire, &question->knots, sizeof question->knots, MSG_WAITALL) == sizeof question->knots;
	close(question->wire);
	if (!answered)
		return NULL;
	CHECK(pthread_mutex_lock(&try->lock));
	try->answers++;
	CHECK(pthread_cond_signal(&try->changed));
	CHECK(pthread_mutex_unlock(&try->lock));
	return NULL;
}

/* Asks every mast, with threads that have ended when it returns. */
static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct try try = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct timespec end = deadline_in(patience);

	deadline_cond_init(&try.changed);
	for (int i = 0; i < WIND_MASTS; i++) {
		try.questions[i] = (struct question){.try = &try, .wire = loopback_connect(ports[i])};
		NEED(pthread_create(&try.questions[i].thread, NULL, ask_mast, &try.questions[i]));
	}
	CHECK(pthread_mutex_lock(&try.lock));
	while (try.answers < WIND_MASTS && deadline_cond_wait(&try.changed, &try.lock, &end))
		;
	CHECK(pthread_mutex_unlock(&try.lock));
	for (int i = 0; i < WIND_MASTS; i++) {
		CHECK(pthread_cancel(try.questions[i].thread)); /* recv() is a cancellation point */
		CHECK(pthread_join(try.questions[i].thread, NULL));
		knots[i] = try.questions[i].knots;
	}
	CHECK(pthread_cond_destroy(&try.changed));
	CHECK(pthread_mutex_destroy(&try.lock));
	return try.answers == WIND_MASTS;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	for (int i = 0; i < WIND_TRIES; i++)
		if (ask_all(ports, patience[i], knots))
			return i + 1;
	return 0;
}
