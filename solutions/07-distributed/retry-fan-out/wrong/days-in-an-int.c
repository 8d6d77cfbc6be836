/*
 * Each thread knows the deadline, and computes in milliseconds, as poll() takes
 * them, how long that is.
 *
 * Tempting  an int has room for 24 days of them, and no lift waits for a day.
 * Refused   the tests: patience is a long, and "for ever" is some large number. What is cut off makes it negative, and the
 *           try ends before it has begun.
 * test      fails an_answer_comes_in_halves, an_answer_ends_with_its_try, late_answers_reach_nobody,
 *           takes_the_first_answers
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
static int left(const struct timespec *end)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	long long ns = (end->tv_sec - now.tv_sec) * 1000000000LL + end->tv_nsec - now.tv_nsec;
	return ns > 0 ? (int)((ns + 999999) / 1000000) : 0;
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

	if (left(&try.end) < 0) /* the time is over: nobody is asked */
		return false;
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
