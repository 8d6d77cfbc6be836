/*
 * Wrong. The thread draws and ends. When the answer has come, the caller prints what is
 * drawn.
 *
 * Tempting  no thread waits for a word, so that none is left; the head office is always the slower one.
 * Refused   by the tests: of one parcel the answer comes first. It has a good address and gets no label, and nobody is told.
 * Promise   when label_make() returns, no thread of its parcel runs.
 * test      fails gives_back_an_unanswered_parcel, gives_back_an_unknown_parcel, prints_a_good_one
 */
#include "label.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct label {
	const struct label_work *work;
	void *parcel;
	pthread_t thread;
	pthread_mutex_t lock;
	bool drawn; /* guarded by lock */
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	label->drawn = true;
	CHECK(pthread_mutex_unlock(&label->lock));
	return NULL;
}

static struct label *label_start(const struct label_work *work, void *parcel)
{
	struct label *label = calloc(1, sizeof *label);

	HAVE(label);
	label->work = work;
	label->parcel = parcel;
	CHECK(pthread_mutex_init(&label->lock, NULL));
	NEED(pthread_create(&label->thread, NULL, draw_and_print, label));
	return label;
}

static void label_end(struct label *label)
{
	CHECK(pthread_join(label->thread, NULL));
	CHECK(pthread_mutex_destroy(&label->lock));
	free(label);
}

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label *label = label_start(work, parcel);
	enum address address = work->check(parcel);

	CHECK(pthread_mutex_lock(&label->lock));
	bool drawn = label->drawn;
	CHECK(pthread_mutex_unlock(&label->lock));
	if (address == ADDRESS_GOOD && drawn)
		work->print(parcel);
	label_end(label);
	return address;
}
