/*
 * Where there is nothing to print, the thread is cancelled and joined.
 *
 * Tempting  it needs no word for that, wherever it waits, and pthread_join() returns at once.
 * Refused   the tests: it may wait in draw(), which must not be cut short. The thread dies with the canvas in
 *           its hands, and nobody will draw there again.
 * test      fails gives_back_an_unanswered_parcel, gives_back_an_unknown_parcel
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
	pthread_cond_t changed;
	bool good; /* the address is; guarded by lock */
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	while (!label->good)
		CHECK(pthread_cond_wait(&label->changed, &label->lock));
	CHECK(pthread_mutex_unlock(&label->lock));
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

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label *label = label_start(work, parcel);
	enum address address = work->check(parcel);

	if (address == ADDRESS_GOOD) {
		CHECK(pthread_mutex_lock(&label->lock));
		label->good = true;
		CHECK(pthread_cond_signal(&label->changed));
		CHECK(pthread_mutex_unlock(&label->lock));
	} else {
		CHECK(pthread_cancel(label->thread));
	}
	CHECK(pthread_join(label->thread, NULL));
	/* The lock and the condition are not destroyed: a cancelled thread may hold the one, having waited for the other. */
	free(label);
	return address;
}
