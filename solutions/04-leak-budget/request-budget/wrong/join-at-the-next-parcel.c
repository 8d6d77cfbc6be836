/*
 * Wrong. The caller waits until the label is drawn, and the thread is joined when the same
 * clerk makes the next label, or ends itself.
 *
 * Tempting  nobody draws on the parcel any more, no thread is forgotten, and a clerk has never more than one to join.
 * Refused   by the budget: each was to be joined when label_make() returns. The last one of a clerk that goes on is not.
 *           All tests pass.
 * test      passes
 * budget    fires joined in draw_and_print when joined == started
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
	bool drawn; /* guarded by lock */
};

static pthread_key_t key; /* what this clerk has to join */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void label_end(void *arg)
{
	struct label *label = arg;

	CHECK(pthread_join(label->thread, NULL));
	CHECK(pthread_mutex_destroy(&label->lock));
	CHECK(pthread_cond_destroy(&label->changed));
	free(label);
}

static void init(void)
{
	CHECK(pthread_key_create(&key, label_end));
}

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	label->drawn = true;
	CHECK(pthread_cond_broadcast(&label->changed));
	CHECK(pthread_mutex_unlock(&label->lock));
	return NULL;
}

enum address label_make(const struct label_work *work, void *parcel)
{
	CHECK(pthread_once(&once, init));
	struct label *old = pthread_getspecific(key);
	if (old)
		label_end(old);
	struct label *label = calloc(1, sizeof *label);
	HAVE(label);
	label->work = work;
	label->parcel = parcel;
	CHECK(pthread_mutex_init(&label->lock, NULL));
	CHECK(pthread_cond_init(&label->changed, NULL));
	NEED(pthread_create(&label->thread, NULL, draw_and_print, label));
	CHECK(pthread_setspecific(key, label));
	enum address address = work->check(parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	while (!label->drawn)
		CHECK(pthread_cond_wait(&label->changed, &label->lock));
	CHECK(pthread_mutex_unlock(&label->lock));
	if (address == ADDRESS_GOOD)
		work->print(parcel);
	return address;
}
