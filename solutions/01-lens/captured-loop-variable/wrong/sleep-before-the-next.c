/*
 * The loop gives each thread ten milliseconds before it goes on to the next letter.
 *
 * Tempting  a thread is there in a fraction of that, and since then nobody has seen a mixed-up letter on this machine.
 * Refused   by the tests, tsan and helgrind: no time is long enough. The thread looks at its letter until the envelope
 *           is closed, and how long the printer takes the loop does not know.
 * test      fails every_letter_goes_to_its_patient
 * tsan      fires data-race in next_letter
 * helgrind  fires Race in next_letter
 */
#include "letters.h"

#include <pthread.h>
#include <time.h>

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

	while (count < LETTERS_ROOM && post->next(&job.letter)) {
		NEED(pthread_create(&threads[count++], NULL, send_one, &job));
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
	return count;
}
