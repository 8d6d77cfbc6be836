/*
 * Yours to fix. line_open() starts a thread. line.h promises what line_close()
 * leaves behind, and line_close() knows nothing of the thread.
 *
 * Promise   when line_close() returns, the goodbye was the last frame and nobody sends.
 * test      fails sends_nothing_after_close
 * budget    fires  joined in keep_alive when joined == started
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
	pthread_t pinger;

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	NEED(pthread_create(&pinger, NULL, keep_alive, line));
	CHECK(pthread_detach(pinger));
	return line;
}

void line_close(struct line *line)
{
	line->send(line->wire, FRAME_GOODBYE);
	free(line);
}
