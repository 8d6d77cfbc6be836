/*
 * What send() returns is looked at, and mill_stop() shuts the wire down.
 *
 * Tempting  every error is looked at, and in a first trial it works: the first send after the machine has been switched
 *           off returns ECONNRESET, as an error should.
 * Refused   the test: only that first one. A thread that sends when the error has been told already gets SIGPIPE, and
 *           after the shutdown() as well. The test counts the signal; a process without a handler dies before send()
 *           can return anything.
 * test      fails ends_when_the_machine_has_gone, stops_while_the_machine_holds
 */
#include "mill.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

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

static bool send_all(int wire, const char *line, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(wire, line, length, 0);
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
	shutdown(job->wire, SHUT_RDWR);
	return mill_wait(job);
}
