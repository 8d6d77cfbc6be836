/*
 * Each job has a wire and a thread of its own, and the wish to stop is one, beside them.
 *
 * Tempting  in the program that it was tried in there is one machine, and a token that nobody has to hand about is
 *           never the wrong one.
 * Refused   the test: a process feeds many machines. One is stopped, and the others stop in the middle of their programs.
 * test      fails stops_while_the_machine_holds
 */
#include "mill.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "kit/check.h"
#include "kit/stop.h"

static struct stop stop; /* the operator wants the machine to end */

struct mill_job {
	int wire;
	mill_next *next;
	void *program;
	pthread_t sender;
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

	while (!stop_requested(&stop)) {
		line = job->next(job->program, &length);
		if (!line)
			return MILL_DONE;
		/* Asked again: a send that failed since the wire was shut down says nothing of the machine. */
		if (!send_all(job->wire, line, length))
			return stop_requested(&stop) ? MILL_STOPPED : MILL_GONE;
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
	stop_init(&stop);
	NEED(pthread_create(&job->sender, NULL, feed, job));
	return job;
}

enum mill_end mill_wait(struct mill_job *job)
{
	CHECK(pthread_join(job->sender, NULL));
	enum mill_end end = job->end;
	free(job);
	return end;
}

enum mill_end mill_stop(struct mill_job *job)
{
	/* First the request, then the shutdown: who finds the wire shut finds out why. */
	stop_request(&stop);
	shutdown(job->wire, SHUT_RDWR);
	return mill_wait(job);
}
