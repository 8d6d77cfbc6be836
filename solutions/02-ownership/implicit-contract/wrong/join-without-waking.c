/*
 * line_close() tells the thread to end and waits for it. The thread looks up
 * when its sleep is over.
 *
 * Tempting  The flag has its lock and the join is there: who starts, who stops and who waits are all answered.
 * Refused   The test: nobody asked how long the wait is. A line with an interval of an hour takes an hour to close.
 * test      fails closes_in_the_middle_of_an_interval
 */
#include "line.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"
#include "kit/stop.h"

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	pthread_t pinger;
	struct stop stop;
};

static void *keep_alive(void *arg)
{
	struct line *line = arg;

	while (!stop_requested(&line->stop)) {
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
	stop_init(&line->stop);
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	stop_request(&line->stop);
	CHECK(pthread_join(line->pinger, NULL));
	line->send(line->wire, FRAME_GOODBYE);
	stop_destroy(&line->stop);
	free(line);
}
