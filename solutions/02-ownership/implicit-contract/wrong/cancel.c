/*
 * line_close() cancels the thread and joins it.
 *
 * Tempting  One call ends the thread in the middle of its pause, no flag is needed, and the join is there.
 * Refused   The test: the thread also ends in the middle of a ping, with half a frame on the wire. The goodbye comes
 *           right behind it.
 * test      fails sends_nothing_after_close
 */
#include "line.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	pthread_t pinger;
};

static void *keep_alive(void *arg)
{
	struct line *line = arg;

	for (;;) {
		line->send(line->wire, FRAME_PING);
		struct timespec pause = {line->interval / 1000, line->interval % 1000 * 1000000};
		nanosleep(&pause, NULL);
	}
	return NULL;
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	CHECK(pthread_cancel(line->pinger));
	CHECK(pthread_join(line->pinger, NULL));
	line->send(line->wire, FRAME_GOODBYE);
	free(line);
}
