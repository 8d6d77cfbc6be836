/*
 * Tempting  send() is called by one thread at a time, so there is a lock around it; it is static, and nobody can
 *           forget to set it up.
 * Refused   the test: it is by one thread at a time for the same line. A slow wire now holds up the pings of all
 *           others, and their goodbyes.
 * test      fails closes_in_the_middle_of_an_interval
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

static pthread_mutex_t sending = PTHREAD_MUTEX_INITIALIZER;

static void send_one(struct line *line, enum frame frame)
{
	CHECK(pthread_mutex_lock(&sending));
	line->send(line->wire, frame);
	CHECK(pthread_mutex_unlock(&sending));
}

/* The pause is a wait for the stop. A sleep would end when the interval does, and line_close() with it. */
static void *keep_alive(void *arg)
{
	struct line *line = arg;

	do
		send_one(line, FRAME_PING);
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
	send_one(line, FRAME_GOODBYE);
	stop_destroy(&line->stop);
	free(line);
}
