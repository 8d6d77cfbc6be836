/*
 * The thread gets an owner: the line. What line_open() starts, line_close()
 * stops and waits for, and the line keeps what it needs for that: the handle
 * and a stop token.
 *
 * Promise   when line_close() returns, the goodbye was the last frame and nobody sends.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "line.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/stop.h"

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	pthread_t pinger;
	struct stop stop;
};

/* The pause is a wait for the stop. A sleep would end when the interval does, and line_close() with it. */
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

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	/* Everything that the thread uses is there before the thread is. */
	stop_init(&line->stop);
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	stop_request(&line->stop);
	/* From here on the thread is gone: a ping that was under way has been sent, and no other one begins. */
	CHECK(pthread_join(line->pinger, NULL));
	/* Only now may the goodbye be sent: before the join a ping could still follow it, or be cut in two by it. */
	line->send(line->wire, FRAME_GOODBYE);
	stop_destroy(&line->stop);
	free(line);
}
