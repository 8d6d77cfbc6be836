/*
 * The wire has a timeout, and a send that fails is a machine that has gone.
 *
 * Tempting  no thread waits without end any more, so mill_stop() comes back, and nobody has to be woken.
 * Refused   the test: the machine is on hold. It has not gone, it does not read; the timeout says how long somebody was
 *           willing to wait, and nothing of the other side. And the job has sent a part of a line.
 * test      fails sends_the_program
 */
#include "mill.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "kit/check.h"
#include "kit/stop.h"

enum { PATIENCE = 20 /* ms */ };

struct mill_job {
	int wire;
	mill_next *next;
	void *program;
	pthread_t sender;
	struct stop stop;
	enum mill_end end; /* of the sender, and when it is joined, its joiner's */
};

/* A send may take a part, when it is interrupted. The error comes with the next one. */
static bool send_all(int wire, const char *line, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(wire, line, length, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0) {
			line += sent;
			length -= (size_t)sent;
		}
	}
	return true;
}

/* Sends line by line, and returns how that ended. */
static enum mill_end send_program(struct mill_job *job)
{
	const char *line;
	size_t length;

	while (!stop_requested(&job->stop)) {
		line = job->next(job->program, &length);
		if (!line)
			return MILL_DONE;
		if (!send_all(job->wire, line, length))
			return stop_requested(&job->stop) ? MILL_STOPPED : MILL_GONE;
	}
	return MILL_STOPPED;
}

static void *feed(void *arg)
{
	struct mill_job *job = arg;

	job->end = send_program(job);
	return NULL;
}

struct mill_job *mill_start(int wire, mill_next *next, void *program)
{
	struct mill_job *job = malloc(sizeof *job);

	HAVE(job);
	*job = (struct mill_job){.wire = wire, .next = next, .program = program};
	stop_init(&job->stop);
	struct timeval patience = {.tv_usec = PATIENCE * 1000};
	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0);
	NEED(pthread_create(&job->sender, NULL, feed, job));
	return job;
}

enum mill_end mill_wait(struct mill_job *job)
{
	CHECK(pthread_join(job->sender, NULL));
	enum mill_end end = job->end;
	stop_destroy(&job->stop);
	free(job);
	return end;
}

enum mill_end mill_stop(struct mill_job *job)
{
	stop_request(&job->stop);
	return mill_wait(job);
}
