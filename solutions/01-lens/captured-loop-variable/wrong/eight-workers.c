/*
 * Eight threads, started once, take copies of the letters from a queue.
 *
 * Tempting  each copy has one owner at a time, a thread is not started for every letter, and no detector minds.
 * Refused   by the tests: the ninth letter waits until one of the first eight is done. A pool is a bound, and here the
 *           header says that there is none.
 * test      fails a_letter_waits_for_no_other
 */
#include "letters.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { WORKERS = 8 };

struct pool {
	const struct post *post;
	struct queue letters;
};

static void *send_some(void *arg)
{
	struct pool *pool = arg;
	void *letter;

	while (queue_take(&pool->letters, &letter)) {
		pool->post->print(letter);
		pool->post->envelope(letter);
		free(letter);
	}
	return NULL;
}

int letters_send(const struct post *post)
{
	pthread_t threads[WORKERS];
	struct pool pool = {.post = post};
	struct letter letter;
	int count = 0;

	queue_init(&pool.letters, LETTERS_ROOM);
	for (int i = 0; i < WORKERS; i++)
		NEED(pthread_create(&threads[i], NULL, send_some, &pool));
	for (; count < LETTERS_ROOM && post->next(&letter); count++) {
		struct letter *copy = malloc(sizeof *copy);
		HAVE(copy);
		*copy = letter;
		(void)queue_put(&pool.letters, copy);
	}
	queue_close(&pool.letters);
	for (int i = 0; i < WORKERS; i++)
		CHECK(pthread_join(threads[i], NULL));
	queue_destroy(&pool.letters);
	return count;
}
