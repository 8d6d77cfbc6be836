/*
 * The flag, its lock and its condition belong to the file.
 *
 * Tempting  there is one line to the exchange, and a static lock needs no initialisation and no destruction.
 * Refused   by the test: the flag that one line leaves behind is still set when the next one is opened. That sends a ping, and
 *           then it is quiet for ever.
 * test      fails closes_in_the_middle_of_an_interval
 */
#include "line.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"
#include "kit/stop.h"

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	pthread_t pinger;
};

/* The pause is a wait for the stop. A sleep would end when the interval does, and line_close() with it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool closing;

static bool pause_over(long interval)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += interval / 1000;
	end.tv_nsec += interval % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	CHECK(pthread_mutex_lock(&lock));
	while (!closing && pthread_cond_timedwait(&changed, &lock, &end) == 0)
		;
	bool now = closing;
	CHECK(pthread_mutex_unlock(&lock));
	return now;
}

static void *keep_alive(void *arg)
{
	struct line *line = arg;

	do
		line->send(line->wire, FRAME_PING);
	while (!pause_over(line->interval));
	return NULL;
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	/* Everything that the thread uses is there before the thread is. */
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	CHECK(pthread_mutex_lock(&lock));
	closing = true;
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
	/* From here on the thread is gone: a ping that was under way has been sent, and no other one begins. */
	CHECK(pthread_join(line->pinger, NULL));
	/* Only now may the goodbye be sent: before the join a ping could still follow it, or be cut in two by it. */
	line->send(line->wire, FRAME_GOODBYE);
	free(line);
}
