/*
 * Yours to fix. What send() returns is not checked, and a caller that wants the
 * thread to end can only hope that it comes back from there.
 *
 * Promise   the job ends when its machine has gone, or when it is told to, wherever it is.
 * test      fails ends_in_the_middle_of_a_line, ends_when_the_machine_has_gone, says_that_it_was_stopped,
 *           says_that_the_machine_had_gone, sends_the_program, stops_while_the_machine_holds
 */
#include "mill.h"

#include <pthread.h>
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
	enum mill_end end; /* of the sender, and once it is joined, of the thread that has joined it */
};

static void *feed(void *arg)
{
	struct mill_job *job = arg;
	const char *line;
	size_t length;

	while (!stop_requested(&job->stop)) {
		line = job->next(job->program, &length);
		if (!line)
			return NULL;
		send(job->wire, line, length, 0);
	}
	job->end = MILL_STOPPED;
	return NULL;
}

struct mill_job *mill_start(int wire, mill_next *next, void *program)
{
	struct mill_job *job = malloc(sizeof *job);

	HAVE(job);
	*job = (struct mill_job){.wire = wire, .next = next, .program = program, .end = MILL_DONE};
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
	return mill_wait(job);
}
