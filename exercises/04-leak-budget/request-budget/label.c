/*
 * Yours to fix. While the head office checks the address, a thread draws the
 * label; then it waits to hear that it may print.
 *
 * Promise   when label_make() returns, no thread of its parcel runs.
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

struct label {
	const struct label_work *work;
	void *parcel;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool good;  /* the address is; guarded by lock */
	bool drawn; /* guarded by lock */
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	label->drawn = true;
	CHECK(pthread_cond_broadcast(&label->changed));
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

/* Says whether the address is good, and waits until nobody draws on the parcel any more. */
static void label_checked(struct label *label, bool good)
{
	CHECK(pthread_mutex_lock(&label->lock));
	label->good = good;
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
	struct label *label = label_start(work, parcel);
	enum address address = work->check(parcel);

	label_checked(label, address == ADDRESS_GOOD);
	if (address == ADDRESS_NO_ANSWER)
		return address;
	if (address == ADDRESS_UNKNOWN)
		return address;
	label_end(label);
	return address;
}
