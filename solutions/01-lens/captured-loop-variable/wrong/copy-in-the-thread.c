/*
 * The thread makes a copy of its letter, first of all.
 *
 * Tempting  it is one line, the copy is the thread's own, and a thread that has just been started copies at once.
 * Refused   by tsan and helgrind: nothing makes the copy come before the next letter. It is made by the wrong side:
 *           until the thread has run, the letter is the loop's. The tests pass, for they wait until all have copied.
 * test      passes
 * tsan      fires data-race in next_letter
 * helgrind  fires Race in next_letter
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
	struct job job = *(struct job *)arg;

	job.post->print(&job.letter);
	job.post->envelope(&job.letter);
	return NULL;
}

int letters_send(const struct post *post)
{
	pthread_t threads[LETTERS_ROOM];
	struct job job = {.post = post};
	int count = 0;

	while (count < LETTERS_ROOM && post->next(&job.letter))
		NEED(pthread_create(&threads[count++], NULL, send_one, &job));
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	return count;
}
