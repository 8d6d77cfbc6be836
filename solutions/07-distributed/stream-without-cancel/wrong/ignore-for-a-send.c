/*
 * SIGPIPE is ignored for as long as a write() takes, and is handled then as it was before.
 *
 * Tempting  everything is put back within a millisecond, and between two lines nobody can tell that it was ever changed.
 * Refused   the test: while the machine holds, one write() takes until the operator comes back. For as long, the whole
 *           process ignores the signal. And of two jobs, one puts back what the other has just put there.
 * test      fails sends_the_program
 */
#include "mill.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/stop.h"

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
		struct sigaction ignore = {.sa_handler = SIG_IGN}, before;

		REQUIRE(sigaction(SIGPIPE, &ignore, &before) == 0);
		ssize_t sent = write(wire, line, length);
		int error = errno;
		REQUIRE(sigaction(SIGPIPE, &before, NULL) == 0);
		errno = error;
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
		/* Asked again: a send that failed since the wire was shut down says nothing of the machine. */
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
	/* First the request, then the shutdown: who finds the wire shut finds out why. */
	stop_request(&job->stop);
	shutdown(job->wire, SHUT_RDWR);
	return mill_wait(job);
}
