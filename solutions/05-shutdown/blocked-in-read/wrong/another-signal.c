/*
 * Wrong. As signal-in-ppoll.c, but with a real-time signal, so that nobody's SIGUSR1 is in
 * the way.
 *
 * Tempting  of real-time signals there are thirty, and nobody seems to use them.
 * Refused   by a test: how the process handles it has changed. SIGUSR1 is what was given to the scales, and any other may
 *           be somebody's, a timer's for one.
 * Promise   scale_stop() ends the reader, whatever the scale does.
 * test      fails hands_on_what_comes
 */
#define _GNU_SOURCE /* ppoll() */
#include "scale.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/stop.h"

enum { ROOM = 256 };

struct scale {
	int line;
	scale_text *text;
	void *office;
	pthread_t reader;
	sigset_t waiting; /* what the thread blocks while it waits: not SIGRTMIN */
	struct stop stop;
};

static void interrupt(int number)
{
	(void)number;
}

/* Waits until there is something to read. False: the stop was asked for. */
static bool wait_for_text(struct scale *scale)
{
	struct pollfd line = {.fd = scale->line, .events = POLLIN};

	while (!stop_requested(&scale->stop)) {
		if (ppoll(&line, 1, NULL, &scale->waiting) > 0)
			return true;
		REQUIRE(errno == EINTR);
	}
	return false;
}

static void *read_line(void *arg)
{
	struct scale *scale = arg;
	char *text = malloc(ROOM);

	HAVE(text);
	while (wait_for_text(scale)) {
		ssize_t got = read(scale->line, text, ROOM);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			scale->text(scale->office, NULL, 0);
			break;
		}
		scale->text(scale->office, text, (size_t)got);
	}
	free(text);
	return NULL;
}

/* The thread inherits the mask, so that the signal finds it blocked from its first instruction on. */
static void start_reader(struct scale *scale)
{
	struct sigaction action = {.sa_handler = interrupt};
	sigset_t own, before;

	sigemptyset(&action.sa_mask);
	REQUIRE(sigaction(SIGRTMIN, &action, NULL) == 0);
	sigemptyset(&own);
	sigaddset(&own, SIGRTMIN);
	CHECK(pthread_sigmask(SIG_BLOCK, &own, &before));
	scale->waiting = before;
	sigdelset(&scale->waiting, SIGRTMIN);
	NEED(pthread_create(&scale->reader, NULL, read_line, scale));
	CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL));
}

struct scale *scale_start(int line, scale_text *text, void *office)
{
	struct scale *scale = malloc(sizeof *scale);

	HAVE(scale);
	*scale = (struct scale){.line = line, .text = text, .office = office};
	stop_init(&scale->stop);
	start_reader(scale);
	return scale;
}

void scale_stop(struct scale *scale)
{
	stop_request(&scale->stop);
	CHECK(pthread_kill(scale->reader, SIGRTMIN));
	CHECK(pthread_join(scale->reader, NULL));
	stop_destroy(&scale->stop);
	free(scale);
}
