/*
 * Nobody waits. The line and its thread both hold the memory, and the one
 * that lets go last frees it.
 *
 * Tempting  The use after free is gone, line_close() never blocks, and no detector finds fault with the memory.
 * Refused   The test: the memory outlives the ping that is under way, the wire does not. Counting references answers
 *           who frees; it does not answer who waits.
 * test      fails sends_nothing_after_close
 * budget    fires  joined in keep_alive when joined == started
 */
#include "line.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/stop.h"

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	struct stop stop;
	pthread_mutex_t lock;
	int holders; /* guarded by lock */
};

static void let_go(struct line *line)
{
	CHECK(pthread_mutex_lock(&line->lock));
	bool last = --line->holders == 0;
	CHECK(pthread_mutex_unlock(&line->lock));
	if (!last)
		return;
	stop_destroy(&line->stop);
	CHECK(pthread_mutex_destroy(&line->lock));
	free(line);
}

static void *keep_alive(void *arg)
{
	struct line *line = arg;

	do
		line->send(line->wire, FRAME_PING);
	while (!stop_wait(&line->stop, line->interval));
	let_go(line);
	return NULL;
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);
	pthread_t pinger;

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval, .holders = 2};
	stop_init(&line->stop);
	CHECK(pthread_mutex_init(&line->lock, NULL));
	NEED(pthread_create(&pinger, NULL, keep_alive, line));
	CHECK(pthread_detach(pinger));
	return line;
}

void line_close(struct line *line)
{
	stop_request(&line->stop);
	line->send(line->wire, FRAME_GOODBYE);
	let_go(line);
}
