/*
 * Each connection gets a timeout, the patience of the try. So recv() ends by
 * itself, and a join takes no longer than that.
 *
 * Tempting  there is nobody to wake, no lock and no deadline to compute, and the kernel looks at the clock.
 * Refused   the test: to the kernel a timeout of 0 is none. A try without any patience waits until the ice breaks.
 * test      fails gives_up
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"

/* On the stack of ask_all(): it can be, since no thread outlives the call. */
struct question {
	int wire, knots; /* of the thread, and when it is joined, of ask_all() */
	bool answered;	 /* likewise */
	pthread_t thread;
};

static void *ask_mast(void *arg)
{
	struct question *question = arg;

	question->answered =
		recv(question->wire, &question->knots, sizeof question->knots, MSG_WAITALL) == sizeof question->knots;
	close(question->wire);
	return NULL;
}

/* Asks every mast, with threads that have ended when it returns. */
static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct timeval time = {.tv_sec = patience / 1000, .tv_usec = patience % 1000 * 1000};
	struct question questions[WIND_MASTS];
	int answers = 0;

	for (int i = 0; i < WIND_MASTS; i++) {
		questions[i] = (struct question){.wire = loopback_connect(ports[i])};
		REQUIRE(setsockopt(questions[i].wire, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0);
		NEED(pthread_create(&questions[i].thread, NULL, ask_mast, &questions[i]));
	}
	for (int i = 0; i < WIND_MASTS; i++) {
		CHECK(pthread_join(questions[i].thread, NULL));
		answers += questions[i].answered;
		knots[i] = questions[i].knots;
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
