/*
 * The loop's letter has a lock. Both sides hold it while they look at the letter.
 *
 * Tempting  the detectors said race, a race wants a lock, and now none of them says a word.
 * Refused   by the tests: a lock says that two do not look at once. It does not say which letter is there when it is
 *           one's turn. The race is gone, and the results go to the wrong patients as before.
 * test      fails every_letter_goes_to_its_patient
 */
#include "letters.h"

#include <pthread.h>

#include "kit/check.h"

struct job {
	const struct post *post;
	pthread_mutex_t lock;
	struct letter letter; /* guarded by lock */
};

static struct letter letter_of(struct job *job)
{
	CHECK(pthread_mutex_lock(&job->lock));
	struct letter letter = job->letter;
	CHECK(pthread_mutex_unlock(&job->lock));
	return letter;
}

static bool next_letter_of(struct job *job)
{
	CHECK(pthread_mutex_lock(&job->lock));
	bool more = job->post->next(&job->letter);
	CHECK(pthread_mutex_unlock(&job->lock));
	return more;
}

static void *send_one(void *arg)
{
	struct job *job = arg;

	struct letter letter = letter_of(job);
	job->post->print(&letter);
	letter = letter_of(job);
	job->post->envelope(&letter);
	return NULL;
}

int letters_send(const struct post *post)
{
	pthread_t threads[LETTERS_ROOM];
	struct job job = {.post = post};
	int count = 0;

	CHECK(pthread_mutex_init(&job.lock, NULL));
	while (count < LETTERS_ROOM && next_letter_of(&job))
		NEED(pthread_create(&threads[count++], NULL, send_one, &job));
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	CHECK(pthread_mutex_destroy(&job.lock));
	return count;
}
