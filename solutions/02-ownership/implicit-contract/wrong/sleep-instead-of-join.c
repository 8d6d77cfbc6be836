/*
 * line_close() tells the thread to end, and gives it a moment to do so.
 *
 * Tempting  A ping takes a millisecond, so after a tenth of a second the thread has ended, on every machine we have.
 * Refused   ThreadSanitizer: time orders nothing. The ping that is under way on a slow wire has not ended,
 *           and whatever it writes is unordered with what the caller does next.
 * tsan      fires  data-race in send_frame
 * budget    fires  joined in keep_alive when joined == started
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
	struct stop stop;
};

static void *keep_alive(void *arg)
{
	struct line *line = arg;

	do
		line->send(line->wire, FRAME_PING);
	while (!stop_wait(&line->stop, line->interval));
	return NULL;
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);
	pthread_t pinger;

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	stop_init(&line->stop);
	NEED(pthread_create(&pinger, NULL, keep_alive, line));
	CHECK(pthread_detach(pinger));
	return line;
}

void line_close(struct line *line)
{
	stop_request(&line->stop);
	nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	line->send(line->wire, FRAME_GOODBYE);
}
