/*
 * A thread that waits for a word needs one on every path. So there are two
 * words, and one function that says one of them and waits for the end; there is
 * no way out of label_make() between label_start() and it. The join says all
 * that the flag `drawn` said, and that the thread is gone.
 *
 * Promise   when label_make() returns, no thread of its parcel runs.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= in_flight + 2, threads at exit <= 1, joined == started
 */
#include "label.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

enum word { NO_WORD_YET, PRINT, LEAVE };

struct label {
	const struct label_work *work;
	void *parcel;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum word word; /* guarded by lock */
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	while (label->word == NO_WORD_YET)
		CHECK(pthread_cond_wait(&label->changed, &label->lock));
	enum word word = label->word;
	CHECK(pthread_mutex_unlock(&label->lock));
	if (word == PRINT)
		label->work->print(label->parcel);
	return NULL;
}

static struct label *label_start(const struct label_work *work, void *parcel)
{
	struct label *label = calloc(1, sizeof *label);

	HAVE(label);
	label->work = work;
	label->parcel = parcel;
	CHECK(pthread_mutex_init(&label->lock, NULL));
	CHECK(pthread_cond_init(&label->changed, NULL));
	NEED(pthread_create(&label->thread, NULL, draw_and_print, label));
	return label;
}

/* The one end of a label, whatever became of it: says the word, and waits until the thread has ended. */
static void label_end(struct label *label, enum word word)
{
	CHECK(pthread_mutex_lock(&label->lock));
	label->word = word;
	CHECK(pthread_cond_signal(&label->changed));
	CHECK(pthread_mutex_unlock(&label->lock));
	CHECK(pthread_join(label->thread, NULL));
	CHECK(pthread_mutex_destroy(&label->lock));
	CHECK(pthread_cond_destroy(&label->changed));
	free(label);
}

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label *label = label_start(work, parcel);
	enum address address = work->check(parcel);

	label_end(label, address == ADDRESS_GOOD ? PRINT : LEAVE);
	return address;
}
