/*
 * Each connection gets a timeout, the patience of the try and never 0, and
 * recv() is called until the answer is whole.
 *
 * Tempting  recv() ends by itself, an answer may come in pieces, and nobody has to wake the thread.
 * Refused   the test: the timeout is that of a call, and each piece brings another call. A mast that says a byte now and
 *           then holds the lift for as long as it likes to.
 * test      fails gives_up
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

/* On the stack of ask_all(): it can be, since no thread outlives the call. */
struct
try {
	long patience;
	struct question {
		struct try *try;
		int wire, knots; /* of the thread, and when it is joined, of ask_all() */
		bool answered;	 /* likewise */
		pthread_t thread;
	} questions[WIND_MASTS];
};

static bool receive(int wire, int *knots, long patience)
{
	struct timeval t = {.tv_sec = patience / 1000, .tv_usec = patience % 1000 * 1000 + 1};
	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0);
	for (size_t got = 0; got < sizeof *knots;) {
		ssize_t more = recv(wire, (char *)knots + got, sizeof *knots - got, 0);
		if (more <= 0)
			return false;
		got += (size_t)more;
	}
	return true;
}

/* Waits for the mast, or for the end of the try, whichever comes first. */
static void *ask_mast(void *arg)
{
	struct question *question = arg;

	question->answered = receive(question->wire, &question->knots, question->try->patience);
	close(question->wire);
	return NULL;
}

/* Asks every mast, with threads that have ended when it returns. */
static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct try try = {.patience = patience};
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
