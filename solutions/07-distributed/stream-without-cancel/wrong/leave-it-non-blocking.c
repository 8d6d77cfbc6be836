/*
 * The wire is made non-blocking, and the thread waits in poll(), for the wire and
 * for a pipe by which it is stopped.
 *
 * Tempting  a thread that never waits in send() can be stopped at any time, and it is how every server with poll() does it.
 * Refused   the test: O_NONBLOCK is of the connection, and that is the caller's. It has handed out one that blocks, and
 *           gets one back whose next send() may take nothing. MSG_DONTWAIT is for one call.
 * test      fails sends_the_program
 */
#include "mill.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"

struct mill_job {
	int wire;
	mill_next *next;
	void *program;
	pthread_t sender;
	int stop[2];	   /* a pipe; closing its second end asks for the stop */
	enum mill_end end; /* of the sender, and when it is joined, its joiner's */
};

/* Waits, for `wait` ms or without end, until the wire takes something or fails. True: the stop was asked for. */
static bool stopped(struct mill_job *job, int wait)
{
	struct pollfd events[] = {{.fd = job->stop[0]}, {.fd = job->wire, .events = POLLOUT}};
	int ready;

	do
		ready = poll(events, 2, wait);
	while (ready < 0 && errno == EINTR);
	return events[0].revents != 0;
}

/* False when the stop was asked for, or the machine has gone; job->end says which. */
static bool send_all(struct mill_job *job, const char *line, size_t length)
{
	while (length > 0) {
		if (stopped(job, -1)) {
			job->end = MILL_STOPPED;
			return false;
		}
		ssize_t sent = send(job->wire, line, length, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
			job->end = MILL_GONE;
			return false;
		}
		if (sent > 0) {
			line += sent;
			length -= (size_t)sent;
		}
	}
	return true;
}

static void *feed(void *arg)
{
	struct mill_job *job = arg;
	const char *line;
	size_t length;

	do {
		if (stopped(job, 0)) {
			job->end = MILL_STOPPED;
			break;
		}
		line = job->next(job->program, &length);
	} while (line && send_all(job, line, length));
	return NULL;
}

struct mill_job *mill_start(int wire, mill_next *next, void *program)
{
	struct mill_job *job = malloc(sizeof *job);

	HAVE(job);
	*job = (struct mill_job){.wire = wire, .next = next, .program = program, .end = MILL_DONE};
	HAVE(pipe(job->stop) == 0);
	REQUIRE(fcntl(wire, F_SETFL, O_NONBLOCK) == 0); /* send() is to return at once */
	NEED(pthread_create(&job->sender, NULL, feed, job));
	return job;
}

/* Joins, and frees the job. */
static enum mill_end finish(struct mill_job *job)
{
	CHECK(pthread_join(job->sender, NULL));
	enum mill_end end = job->end;
	close(job->stop[0]);
	free(job);
	return end;
}

enum mill_end mill_wait(struct mill_job *job)
{
	int asks = job->stop[1];
	enum mill_end end = finish(job);

	close(asks); /* nobody asks any more */
	return end;
}

enum mill_end mill_stop(struct mill_job *job)
{
	close(job->stop[1]);
	return finish(job);
}
