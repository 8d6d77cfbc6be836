/*
 * mill_stop() asks, wakes, and returns; the thread frees the job when it ends.
 *
 * Tempting  the thread is woken and ends within a millisecond. Why should the operator's button wait for that?
 * Refused   the test, tsan and the budget: it may be in next(), in a program that the caller releases meanwhile; and
 *           once the caller has closed the wire, its number may be another machine's.
 * test      fails ends_before_it_is_stopped, has_sent_all_when_it_is_stopped, says_that_the_machine_had_gone,
 *           waits_for_the_next_line
 * tsan      fires  data-race in stop_in_next
 * budget    fires  joined in feed when joined == started
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
	pthread_mutex_t lock;
	int users;	   /* guarded by lock: the sender and the caller; the last one frees the job */
	enum mill_end end; /* of the sender, and when it is joined, its joiner's */
};

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

static void leave(struct mill_job *job)
{
	CHECK(pthread_mutex_lock(&job->lock));
	bool last = --job->users == 0;
	CHECK(pthread_mutex_unlock(&job->lock));
	if (!last)
		return;
	stop_destroy(&job->stop);
	CHECK(pthread_mutex_destroy(&job->lock));
	free(job);
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
	leave(job);
	return NULL;
}

struct mill_job *mill_start(int wire, mill_next *next, void *program)
{
	struct mill_job *job = malloc(sizeof *job);

	HAVE(job);
	*job = (struct mill_job){.wire = wire, .next = next, .program = program, .users = 2};
	stop_init(&job->stop);
	CHECK(pthread_mutex_init(&job->lock, NULL));
	NEED(pthread_create(&job->sender, NULL, feed, job));
	return job;
}

enum mill_end mill_wait(struct mill_job *job)
{
	CHECK(pthread_join(job->sender, NULL));
	enum mill_end end = job->end;
	leave(job);
	return end;
}

enum mill_end mill_stop(struct mill_job *job)
{
	stop_request(&job->stop);
	shutdown(job->wire, SHUT_RDWR);
	CHECK(pthread_detach(job->sender));
	leave(job);
	return MILL_STOPPED;
}
