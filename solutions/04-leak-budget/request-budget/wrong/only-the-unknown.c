/*
 * The thread has two words to wait for, and on the path of the incident it is
 * told to leave.
 *
 * Tempting  the threads that were left behind were all of unknown addresses, so that is the path to fix.
 * Refused   the budget: the next line returns as well. On most days the head office answers, and the leak is
 *           slow enough to look like none. All tests pass.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * budget    fires threads in draw_and_print, threads-at-exit in draw_and_print, joined in draw_and_print
 *           when threads <= in_flight + 2, threads at exit <= 1, joined == started
 */
#include "label.h"

#include <pthread.h>
#include <stdbool.h>
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
	bool drawn;	/* guarded by lock */
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	label->drawn = true;
	CHECK(pthread_cond_broadcast(&label->changed));
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

/* Says what is to be done, and waits until nobody draws on the parcel any more. */
static void label_checked(struct label *label, enum word word)
{
	CHECK(pthread_mutex_lock(&label->lock));
	label->word = word;
	CHECK(pthread_cond_broadcast(&label->changed));
	while (!label->drawn)
		CHECK(pthread_cond_wait(&label->changed, &label->lock));
	CHECK(pthread_mutex_unlock(&label->lock));
}

static void label_end(struct label *label)
{
	CHECK(pthread_join(label->thread, NULL));
	CHECK(pthread_mutex_destroy(&label->lock));
	CHECK(pthread_cond_destroy(&label->changed));
	free(label);
}

enum address label_make(const struct label_work *work, void *parcel)
{
	static const enum word words[] = {
		[ADDRESS_GOOD] = PRINT,
		[ADDRESS_UNKNOWN] = LEAVE,
		[ADDRESS_NO_ANSWER] = NO_WORD_YET,
	};
	struct label *label = label_start(work, parcel);
	enum address address = work->check(parcel);

	label_checked(label, words[address]);
	if (address == ADDRESS_NO_ANSWER)
		return address;
	label_end(label);
	return address;
}
