/*
 * Each thread is joined before the next letter comes.
 *
 * Tempting  one line has moved, the letter is nobody else's any more, all detectors are silent and no budget is broken.
 * Refused   by the tests: the threads were there so that one letter does not wait for the printer of another. Now every
 *           one does, and a call has turned into a call with a thread around it.
 * test      fails a_letter_waits_for_no_other
 */
#include "letters.h"

#include <pthread.h>

#include "kit/check.h"

struct job {
	const struct post *post;
	struct letter letter;
};

static void *send_one(void *arg)
{
	struct job *job = arg;

	job->post->print(&job->letter);
	job->post->envelope(&job->letter);
	return NULL;
}

int letters_send(const struct post *post)
{
	pthread_t thread;
	struct job job = {.post = post};
	int count = 0;

	while (count < LETTERS_ROOM && post->next(&job.letter)) {
		NEED(pthread_create(&thread, NULL, send_one, &job));
		CHECK(pthread_join(thread, NULL));
		count++;
	}
	return count;
}
