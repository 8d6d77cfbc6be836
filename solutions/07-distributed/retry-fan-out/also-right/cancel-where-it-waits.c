/*
 * pthread_cancel(), made safe: a thread can be cancelled in one place only, in
 * the recv() in which it waits. What it would have to give back, a connection and
 * a lock, it has not got: the one is closed by ask_all(), the other is taken when
 * nobody can cancel it any more.
 *
 * Promise   when wind_ask() tries again, and when it returns, nothing is left of its last try.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 5, joined == started
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

enum { HOUR = 3600000 /* ms: ask_all() ends the wait long before */ };

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

	int old;
	ssize_t got = recv(question->wire, &question->knots, sizeof question->knots, MSG_WAITALL);
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old));
	if (got != (ssize_t)sizeof question->knots)
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
		/* Not close(): that does not wake a thread which waits for an answer, and gives the number away under it. */
		CHECK(pthread_cancel(try.questions[i].thread));
		CHECK(pthread_join(try.questions[i].thread, NULL));
		close(try.questions[i].wire);
		knots[i] = try.questions[i].knots;
	}
	CHECK(pthread_cond_destroy(&try.changed));
	CHECK(pthread_mutex_destroy(&try.lock));
	/* Asked now and not before the joins: an answer may have come at the last moment. From here on none can. */
	return try.answers == WIND_MASTS;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	for (int i = 0; i < WIND_TRIES; i++)
		if (ask_all(ports, patience[i], knots))
			return i + 1;
	return 0;
}
