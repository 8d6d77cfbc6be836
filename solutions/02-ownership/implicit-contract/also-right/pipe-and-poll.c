/*
 * For threads that wait on descriptors anyway: the pause is a poll() of a pipe,
 * and closing the pipe's other end is the signal. No lock, no flag; the join
 * orders everything that the thread has done before what line_close() does.
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

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"

enum { READ_END, WRITE_END };

struct line {
	line_send *send;
	void *wire;
	long interval; /* milliseconds */
	pthread_t pinger;
	int stop[2]; /* nothing is ever written: the thread only waits for the write end to close */
};

/* As poll(), until this point in time: a signal that arrives meanwhile does not make the wait shorter or longer. */
static int poll_until(struct pollfd *event, struct timespec end)
{
	struct timespec now;
	int events;

	do {
		REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
		long left = (end.tv_sec - now.tv_sec) * 1000 + (end.tv_nsec - now.tv_nsec + 999999) / 1000000;
		events = poll(event, 1, left > 0 ? (int)left : 0);
		REQUIRE(events >= 0 || errno == EINTR);
	} while (events < 0);
	return events;
}

static void *keep_alive(void *arg)
{
	struct line *line = arg;
	struct pollfd closing = {.fd = line->stop[READ_END], .events = POLLIN};

	do
		line->send(line->wire, FRAME_PING);
	while (poll_until(&closing, deadline_in(line->interval)) == 0);
	return NULL;
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire, .interval = interval};
	HAVE(pipe(line->stop) == 0);
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	REQUIRE(close(line->stop[WRITE_END]) == 0);
	CHECK(pthread_join(line->pinger, NULL));
	line->send(line->wire, FRAME_GOODBYE);
	REQUIRE(close(line->stop[READ_END]) == 0);
	free(line);
}
