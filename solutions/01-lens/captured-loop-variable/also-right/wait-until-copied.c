/*
 * There is one job, the loop's, and the thread only borrows it: it makes a copy
 * and says so, and the loop waits for that word before it touches the job again.
 * What that costs is a wait for each letter, not for its printer but for its copy.
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
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool lent; /* guarded by lock: a thread has not made its copy yet */
};

static void *send_one(void *arg)
{
	struct job *borrowed = arg;

	CHECK(pthread_mutex_lock(&borrowed->lock));
	const struct post *post = borrowed->post;
	struct letter letter = borrowed->letter;
	borrowed->lent = false;
	CHECK(pthread_cond_signal(&borrowed->changed));
	CHECK(pthread_mutex_unlock(&borrowed->lock));
	/* From here on it is the loop's again: not a look at it. */
	post->print(&letter);
	post->envelope(&letter);
	return NULL;
}

static void lend(struct job *job, pthread_t *thread)
{
	CHECK(pthread_mutex_lock(&job->lock));
	job->lent = true;
	NEED(pthread_create(thread, NULL, send_one, job));
	while (job->lent)
		CHECK(pthread_cond_wait(&job->changed, &job->lock));
	CHECK(pthread_mutex_unlock(&job->lock));
}

int letters_send(const struct post *post)
{
	pthread_t threads[LETTERS_ROOM];
	struct job job = {.post = post};
	int count = 0;

	CHECK(pthread_mutex_init(&job.lock, NULL));
	CHECK(pthread_cond_init(&job.changed, NULL));
	while (count < LETTERS_ROOM && post->next(&job.letter))
		lend(&job, &threads[count++]);
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	CHECK(pthread_cond_destroy(&job.changed));
	CHECK(pthread_mutex_destroy(&job.lock));
	return count;
}
