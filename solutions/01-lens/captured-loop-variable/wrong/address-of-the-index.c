/*
 * Each letter has a place of its own. The thread is told which, by the address of the index.
 *
 * Tempting  the letters are no longer shared, and the index is what all the examples of pthread_create() hand over.
 * Refused   by tsan and helgrind: now it is the index that the loop changes under the thread. The same mistake, one
 *           step further on. The tests pass, for they wait until all have read it.
 * test      passes
 * tsan      fires data-race in letters_send
 * helgrind  fires Race in letters_send
 */
#include "letters.h"

#include <pthread.h>

#include "kit/check.h"

static struct job {
	const struct post *post;
	struct letter letter;
} jobs[LETTERS_ROOM];

static void *send_one(void *arg)
{
	struct job *job = &jobs[*(int *)arg];

	job->post->print(&job->letter);
	job->post->envelope(&job->letter);
	return NULL;
}

int letters_send(const struct post *post)
{
	pthread_t threads[LETTERS_ROOM];
	struct job job = {.post = post};
	int last = -1;

	while (last + 1 < LETTERS_ROOM && post->next(&job.letter)) {
		jobs[++last] = job;
		NEED(pthread_create(&threads[last], NULL, send_one, &last));
	}
	for (int i = 0; i <= last; i++)
		CHECK(pthread_join(threads[i], NULL));
	return last + 1;
}
