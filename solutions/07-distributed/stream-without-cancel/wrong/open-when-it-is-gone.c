/*
 * The thread waits in poll(), for the wire and for a pipe by which it is stopped.
 * When the machine has gone there is nobody to stop, and nothing to close.
 *
 * Tempting  the error path is short: the job has failed, and what it has open is of no use any more.
 * Refused   the test: of no use, and open. A workshop that switches its machines off at night has lost one descriptor for
 *           each by the morning.
 * test      fails ends_when_the_machine_has_gone
 */
#include "mill.h"

#include <errno.h>
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
		ssize_t sent = send(job->wire, line, length, MSG_NOSIGNAL | MSG_DONTWAIT);
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
	NEED(pthread_create(&job->sender, NULL, feed, job));
	return job;
}

/* Joins, and frees the job. */
static enum mill_end finish(struct mill_job *job)
{
	CHECK(pthread_join(job->sender, NULL));
	enum mill_end end = job->end;
	if (end != MILL_GONE)
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
