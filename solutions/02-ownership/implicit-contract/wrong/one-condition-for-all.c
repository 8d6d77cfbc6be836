/*
 * Tempting  each line has its own flag and its own thread; the lock and the condition are static, since they hold
 *           nothing.
 * Refused   the test: line_close() signals, and wakes the thread of another line, which goes on waiting. The one that
 *           was meant does not wake up for an hour.
 * test      fails closes_in_the_middle_of_an_interval
 */
#include "line.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void make(void)
{
	deadline_cond_init(&changed);
}
struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	pthread_t pinger;
	bool closing; /* guarded by lock */
};

/* Spends the interval, or less when the line closes. Tells whether it closes. */
static bool pause_or_close(struct line *line)
{
	struct timespec end = deadline_in(line->interval);

	CHECK(pthread_mutex_lock(&lock));
	while (!line->closing && deadline_cond_wait(&changed, &lock, &end))
		;
	bool closing = line->closing;
	CHECK(pthread_mutex_unlock(&lock));
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
	CHECK(pthread_once(&once, make));
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	CHECK(pthread_mutex_lock(&lock));
	line->closing = true;
	CHECK(pthread_cond_signal(&changed));
	CHECK(pthread_mutex_unlock(&lock));
	CHECK(pthread_join(line->pinger, NULL));
	free(line);
}
