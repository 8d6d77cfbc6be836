/*
 * A place for each letter, in the frame of letters_send(). The loop never comes
 * back to one that it has given away, and the frame is there until all threads
 * are joined: nothing to allocate, nothing to free. It is as right as the join
 * in the same function; take that away, and the threads work in a frame that is gone.
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
	pthread_t threads[LETTERS_ROOM];
	struct job jobs[LETTERS_ROOM];
	int count = 0;

	while (count < LETTERS_ROOM && post->next(&jobs[count].letter)) {
		jobs[count].post = post;
		NEED(pthread_create(&threads[count], NULL, send_one, &jobs[count]));
		count++;
	}
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	return count;
}
