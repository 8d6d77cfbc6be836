/*
 * Tempting  each letter is its thread's own, and each thread joins the one before it, so that the caller has to join
 *           only the last one.
 * Refused   the tests: it joins before it closes its envelope. All letters wait for the slowest printer, and the
 *           envelopes are closed one after the other.
 * test      fails a_letter_waits_for_no_other
 */
#include "letters.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

/* Belongs to the thread that it is given to, which frees it. */
struct job {
	const struct post *post;
	bool first;
	pthread_t before;
	struct letter letter;
};

static void *send_one(void *arg)
{
	struct job *job = arg;

	job->post->print(&job->letter);
	if (!job->first)
		CHECK(pthread_join(job->before, NULL));
	job->post->envelope(&job->letter);
	free(job);
	return NULL;
}

int letters_send(const struct post *post)
{
	pthread_t threads[LETTERS_ROOM];
	struct letter letter;
	int count = 0;

	while (count < LETTERS_ROOM && post->next(&letter)) {
		struct job *job = malloc(sizeof *job);
		HAVE(job);
		/* All that the thread needs is in its job before the thread is there. The loop's letter it never sees. */
		*job = (struct job){.post = post, .letter = letter, .first = count == 0};
		if (count)
			job->before = threads[count - 1];
		NEED(pthread_create(&threads[count++], NULL, send_one, job));
	}
	if (count)
		CHECK(pthread_join(threads[count - 1], NULL));
	return count;
}
