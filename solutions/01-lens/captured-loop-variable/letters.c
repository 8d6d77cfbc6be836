/*
 * The argument of a thread is part of the contract by which it is started: who
 * owns what it points to, and until when? Here the thread does, from the start
 * to its end. The loop makes the job and lets go of it.
 *
 * Promise   every letter is printed and addressed as next() has filled it in.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started, threads at exit <= 1
 */
#include "letters.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

/* Belongs to the thread that it is given to, which frees it. */
struct job {
	const struct post *post;
	struct letter letter;
};

static void *send_one(void *arg)
{
	struct job *job = arg;

	job->post->print(&job->letter);
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
		*job = (struct job){.post = post, .letter = letter};
		NEED(pthread_create(&threads[count++], NULL, send_one, job));
	}
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	return count;
}
