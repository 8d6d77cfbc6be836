/*
 * Yours to fix. Each letter has a thread of its own. The letter it sends is
 * the one that the loop has in its hands.
 *
 * Promise   every letter is printed and addressed as next() has filled it in.
 * test      fails every_letter_goes_to_its_patient
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
	struct job *job = arg;

	job->post->print(&job->letter);
	job->post->envelope(&job->letter);
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
