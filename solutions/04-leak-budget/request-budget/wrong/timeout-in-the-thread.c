/*
 * The thread waits for its word no longer than a minute, and then cleans up
 * behind itself.
 *
 * Tempting  a wait without an end is the evil, and every wait should have one. No thread is left for ever.
 * Refused   the budget: nobody joins it, and nobody knows when it ends. A thread that stays a minute behind
 *           each unknown address is 600 threads at ten of them a second, in a service with two requests in
 *           flight. All tests pass.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * budget    fires joined in draw_and_print when joined == started
 */
#include "label.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

enum { A_MINUTE = 60000 /* ms */ };

struct label {
	const struct label_work *work;
	void *parcel;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool good;  /* the address is; guarded by lock */
	bool drawn; /* guarded by lock */
};

static void label_free(struct label *label)
{
	CHECK(pthread_mutex_destroy(&label->lock));
	CHECK(pthread_cond_destroy(&label->changed));
	free(label);
}

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	struct timespec end = deadline_in(A_MINUTE);
	CHECK(pthread_mutex_lock(&label->lock));
	label->drawn = true;
	CHECK(pthread_cond_broadcast(&label->changed));
	while (!label->good && deadline_cond_wait(&label->changed, &label->lock, &end))
		;
	bool good = label->good;
	CHECK(pthread_mutex_unlock(&label->lock));
	if (good)
		label->work->print(label->parcel);
	else
		label_free(label);
	return NULL;
}

static struct label *label_start(const struct label_work *work, void *parcel)
{
	struct label *label = calloc(1, sizeof *label);

	HAVE(label);
	label->work = work;
	label->parcel = parcel;
	CHECK(pthread_mutex_init(&label->lock, NULL));
	deadline_cond_init(&label->changed);
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

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label *label = label_start(work, parcel);
	pthread_t thread = label->thread;
	enum address address = work->check(parcel);

	label_checked(label, address == ADDRESS_GOOD);
	if (address != ADDRESS_GOOD) {
		CHECK(pthread_detach(thread));
		return address;
	}
	CHECK(pthread_join(thread, NULL));
	label_free(label);
	return address;
}
