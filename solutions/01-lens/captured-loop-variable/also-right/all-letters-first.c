/*
 * All letters are read before the first thread is started. The loop that fills them in
 * is over by then, and nobody writes to a letter any more. The printers begin later by
 * that; no letter waits for another one's printer.
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
	struct letter letters[LETTERS_ROOM];
	int count = 0;

	while (count < LETTERS_ROOM && post->next(&letters[count]))
		count++;
	for (int i = 0; i < count; i++) {
		struct job *job = malloc(sizeof *job);
		HAVE(job);
		/* All that the thread needs is in its job before the thread is there. The loop's letter it never sees. */
		*job = (struct job){.post = post, .letter = letters[i]};
		NEED(pthread_create(&threads[i], NULL, send_one, job));
	}
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	return count;
}
