/*
 * Tempting  the threads and their count are static, where they cannot be gone too early, and a post is sent once in
 *           an evening.
 * Refused   the test: nobody sets the count to nothing again. The next post begins where the last one has ended, and
 *           joins its threads once more.
 * test      fails an_empty_post
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

static pthread_t threads[LETTERS_ROOM];
static int count;

int letters_send(const struct post *post)
{
	struct letter letter;

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
