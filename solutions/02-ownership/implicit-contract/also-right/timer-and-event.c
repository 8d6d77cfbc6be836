/*
 * The interval is a timer of the kernel, the close is an event, and the thread waits
 * for both in one poll(). The timer keeps its pace however long a ping takes.
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
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "kit/check.h"

struct line {
	line_send *send;
	void *wire;
	int timer, stop; /* of the kernel: it ticks once in each interval; it is written to when the line closes */
	pthread_t pinger;
};

/* Returns once there is something to read, from either. */
static void poll_both(struct pollfd events[2])
{
	int ready;

	do
		ready = poll(events, 2, -1);
	while (ready < 0 && errno == EINTR);
	REQUIRE(ready > 0);
}

static void read_ticks(int timer)
{
	uint64_t ticks;
	ssize_t got;

	do
		got = read(timer, &ticks, sizeof ticks);
	while (got < 0 && errno == EINTR);
	REQUIRE(got == sizeof ticks);
}

static void *keep_alive(void *arg)
{
	struct line *line = arg;
	struct pollfd events[] = {{.fd = line->stop, .events = POLLIN}, {.fd = line->timer, .events = POLLIN}};

	for (;;) {
		line->send(line->wire, FRAME_PING);
		poll_both(events);
		if (events[0].revents)
			return NULL;
		read_ticks(line->timer);
	}
}

struct line *line_open(line_send *send, void *wire, long interval)
{
	struct line *line = malloc(sizeof *line);
	struct timespec every = {interval / 1000, interval % 1000 * 1000000};

	HAVE(line);
	*line = (struct line){.send = send, .wire = wire};
	line->timer = timerfd_create(CLOCK_MONOTONIC, 0);
	HAVE(line->timer >= 0);
	line->stop = eventfd(0, 0);
	HAVE(line->stop >= 0);
	REQUIRE(timerfd_settime(line->timer, 0, &(struct itimerspec){every, every}, NULL) == 0);
	NEED(pthread_create(&line->pinger, NULL, keep_alive, line));
	return line;
}

void line_close(struct line *line)
{
	uint64_t one = 1;
	ssize_t put;

	do
		put = write(line->stop, &one, sizeof one);
	while (put < 0 && errno == EINTR);
	REQUIRE(put == sizeof one);
	CHECK(pthread_join(line->pinger, NULL));
	line->send(line->wire, FRAME_GOODBYE);
	REQUIRE(close(line->timer) == 0);
	REQUIRE(close(line->stop) == 0);
	free(line);
}
