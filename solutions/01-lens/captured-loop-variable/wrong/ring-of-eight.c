/*
 * Eight places for letters, used in turn.
 *
 * Tempting  the printers never had more than four letters at once, and eight is twice that; no memory to free either.
 * Refused   by the tests: the ninth letter comes while the first is being printed. A bigger buffer makes the mistake
 *           rarer. It is still nobody's business to know when a place is free again.
 * test      fails every_letter_goes_to_its_patient
 * tsan      fires data-race in next_letter
 */
#include "letters.h"

#include <pthread.h>

#include "kit/check.h"

enum { PLACES = 8 };

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
	struct job jobs[PLACES];
	int count = 0;

	for (int i = 0; i < PLACES; i++)
		jobs[i].post = post;
	while (count < LETTERS_ROOM && post->next(&jobs[count % PLACES].letter)) {
		NEED(pthread_create(&threads[count], NULL, send_one, &jobs[count % PLACES]));
		count++;
	}
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	return count;
}
