/*
 * The send has MSG_NOSIGNAL, and mill_stop() shuts the wire down.
 *
 * Tempting  the process does not die any more when a machine is switched off, and mill_stop() comes back.
 * Refused   the test: the signal was the one that said the machine had gone. Now nobody does. The job goes through the
 *           whole program, one failed send after another, and reports that all is done.
 * test      fails ends_in_the_middle_of_a_line, ends_when_the_machine_has_gone, says_that_the_machine_had_gone,
 *           sends_the_program
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
	enum mill_end end; /* of the sender, and when it is joined, its joiner's */
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
		send(job->wire, line, length, MSG_NOSIGNAL);
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
	shutdown(job->wire, SHUT_RDWR);
	return mill_wait(job);
}
