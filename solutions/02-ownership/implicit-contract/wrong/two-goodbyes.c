/*
 * Tempting  the thread says goodbye when it ends, so that all frames come from one thread; and line_close() says it,
 *           too, as it always has.
 * Refused   the test: the exchange gets two. The second one is for a line that it does not know any more.
 * test      fails closes_in_the_middle_of_an_interval, sends_nothing_after_close
 */
#include "line.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	pthread_t pinger;
	pthread_mutex_t lock;
	pthread_cond_t closing_changed;
	bool closing; /* guarded by lock */
};

/* Spends the interval, or less when the line closes. Tells whether it closes. */
static bool pause_or_close(struct line *line)
{
	struct timespec end = deadline_in(line->interval);

	CHECK(pthread_mutex_lock(&line->lock));
	while (!line->closing && deadline_cond_wait(&line->closing_changed, &line->lock, &end))
		;
	bool closing = line->closing;
	CHECK(pthread_mutex_unlock(&line->lock));
	return closing;
}

static void *keep_alive(void *arg)
{
	struct line *line = arg;

	do
		line->send(line->wire, FRAME_PING);
	while (!pause_or_close(line));
	line->send(line->wire, FRAME_GOODBYE);
	return NULL;
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	CHECK(pthread_mutex_init(&line->lock, NULL));
	deadline_cond_init(&line->closing_changed);
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	CHECK(pthread_mutex_lock(&line->lock));
	line->closing = true;
	CHECK(pthread_cond_signal(&line->closing_changed));
	CHECK(pthread_mutex_unlock(&line->lock));
	CHECK(pthread_join(line->pinger, NULL));
	line->send(line->wire, FRAME_GOODBYE);
	CHECK(pthread_cond_destroy(&line->closing_changed));
	CHECK(pthread_mutex_destroy(&line->lock));
	free(line);
}
