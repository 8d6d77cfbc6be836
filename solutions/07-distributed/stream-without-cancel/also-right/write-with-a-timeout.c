/*
 * For code that has only write(), as below a library: MSG_NOSIGNAL is a flag of
 * send(), so SIGPIPE is blocked, in this one thread. And the wire has a timeout,
 * by which a thread that waits looks up fifty times a second. That costs a little
 * for each machine on hold; but nobody has to be woken, and the wire is unharmed.
 *
 * Promise   the job ends when its machine has gone, or when it is told to, wherever it is.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "mill.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/stop.h"

enum { LOOK_UP = 20 /* ms: how often a sender that waits looks up */ };

struct mill_job {
	int wire;
	mill_next *next;
	void *program;
	pthread_t sender;
	struct stop stop;
	enum mill_end end; /* of the sender, and when it is joined, its joiner's */
};

/* While the machine does not read, write() comes back with a part or nothing, now and then. False: it has gone, for mill_stop()
 * leaves the wire alone. */
static bool send_all(struct mill_job *job, const char *line, size_t length)
{
	while (length > 0 && !stop_requested(&job->stop)) {
		ssize_t sent = write(job->wire, line, length);
		if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
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
		if (!send_all(job, line, length))
			return MILL_GONE;
	}
	return MILL_STOPPED;
}

static void *feed(void *arg)
{
	struct mill_job *job = arg;
	sigset_t pipe;

	/* The signal is for the thread that writes. Blocked there it ends with the thread, and touches nobody else. */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	CHECK(pthread_sigmask(SIG_BLOCK, &pipe, NULL));
	job->end = send_program(job);
	return NULL;
}

struct mill_job *mill_start(int wire, mill_next *next, void *program)
{
	struct mill_job *job = malloc(sizeof *job);

	HAVE(job);
	*job = (struct mill_job){.wire = wire, .next = next, .program = program};
	stop_init(&job->stop);
	struct timeval look_up = {.tv_usec = LOOK_UP * 1000};
	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_SNDTIMEO, &look_up, sizeof look_up) == 0);
	NEED(pthread_create(&job->sender, NULL, feed, job));
	return job;
}

enum mill_end mill_wait(struct mill_job *job)
{
	CHECK(pthread_join(job->sender, NULL));
	setsockopt(job->wire, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_sec = 0}, sizeof(struct timeval));
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
