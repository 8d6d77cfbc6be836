/*
 * Nobody is cancelled: each thread knows when the try ends, and waits no longer
 * than that. So a join takes as long as the try may take, and is enough. There is
 * no lock either; what a thread has found out is read after its join.
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
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

/* On the stack of ask_all(): it can be, since no thread outlives the call. */
struct
try {
	struct timespec end;
	struct question {
		struct try *try;
		int wire, knots; /* of the thread, and when it is joined, of ask_all() */
		bool answered;	 /* likewise */
		pthread_t thread;
	} questions[WIND_MASTS];
};

/* How many ms are left, rounded up; 0 when the time has come. */
static long left(const struct timespec *end)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	long long ns = (end->tv_sec - now.tv_sec) * 1000000000LL + end->tv_nsec - now.tv_nsec;
	return ns > 0 ? (long)((ns + 999999) / 1000000) : 0;
}

/* Waits for the mast, or for the end of the try, whichever comes first. */
static void *ask_mast(void *arg)
{
	struct question *question = arg;

	question->answered =
		loopback_receive(question->wire, &question->knots, sizeof question->knots, left(&question->try->end));
	close(question->wire);
	return NULL;
}

/* Asks every mast, with threads that have ended when it returns. */
static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct try try = {.end = deadline_in(patience)};
	int answers = 0;

	for (int i = 0; i < WIND_MASTS; i++) {
		try.questions[i] = (struct question){.try = &try, .wire = loopback_connect(ports[i])};
		NEED(pthread_create(&try.questions[i].thread, NULL, ask_mast, &try.questions[i]));
	}
	for (int i = 0; i < WIND_MASTS; i++) {
		CHECK(pthread_join(try.questions[i].thread, NULL));
		answers += try.questions[i].answered;
		knots[i] = try.questions[i].knots;
	}
	return answers == WIND_MASTS;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	for (int i = 0; i < WIND_TRIES; i++)
		if (ask_all(ports, patience[i], knots))
			return i + 1;
	return 0;
}
