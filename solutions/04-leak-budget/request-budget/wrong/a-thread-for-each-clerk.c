/*
 * Wrong. Each clerk has a thread that draws, parcel after parcel. It ends when the clerk's
 * own thread does.
 *
 * Tempting  no thread is started in vain, none is left, and a thread for each parcel was a waste in any case.
 * Refused   by the budget: a parcel's thread is there only as long as the call lasts, and this one stays for as long as
 *           the clerk does. All tests pass.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * budget    fires threads-at-exit in draw_all, joined in draw_all when threads at exit <= 1, joined == started
 */
#include "label.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	const struct label_work *work;
	void *parcel; /* to draw */
	/* guarded by lock */
	bool busy, end;
};

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *draw_all(void *arg)
{
	struct worker *w = arg;

	CHECK(pthread_mutex_lock(&w->lock));
	for (;;) {
		while (!w->busy && !w->end)
			CHECK(pthread_cond_wait(&w->changed, &w->lock));
		if (w->end)
			break;
		CHECK(pthread_mutex_unlock(&w->lock));
		w->work->draw(w->parcel);
		CHECK(pthread_mutex_lock(&w->lock));
		w->busy = false;
		CHECK(pthread_cond_broadcast(&w->changed));
	}
	CHECK(pthread_mutex_unlock(&w->lock));
	return NULL;
}

static void worker_end(void *arg)
{
	struct worker *w = arg;

	CHECK(pthread_mutex_lock(&w->lock));
	w->end = true;
	CHECK(pthread_cond_broadcast(&w->changed));
	CHECK(pthread_mutex_unlock(&w->lock));
	CHECK(pthread_join(w->thread, NULL));
	CHECK(pthread_mutex_destroy(&w->lock));
	CHECK(pthread_cond_destroy(&w->changed));
	free(w);
}

static void init(void)
{
	CHECK(pthread_key_create(&key, worker_end));
}

enum address label_make(const struct label_work *work, void *parcel)
{
	CHECK(pthread_once(&once, init));
	struct worker *w = pthread_getspecific(key);
	if (!w) {
		w = calloc(1, sizeof *w);
		HAVE(w);
		CHECK(pthread_mutex_init(&w->lock, NULL));
		CHECK(pthread_cond_init(&w->changed, NULL));
		NEED(pthread_create(&w->thread, NULL, draw_all, w));
		CHECK(pthread_setspecific(key, w));
	}
	CHECK(pthread_mutex_lock(&w->lock));
	w->work = work;
	w->parcel = parcel;
	w->busy = true;
	CHECK(pthread_cond_broadcast(&w->changed));
	CHECK(pthread_mutex_unlock(&w->lock));
	enum address address = work->check(parcel);
	CHECK(pthread_mutex_lock(&w->lock));
	while (w->busy)
		CHECK(pthread_cond_wait(&w->changed, &w->lock));
	CHECK(pthread_mutex_unlock(&w->lock));
	if (address == ADDRESS_GOOD)
		work->print(parcel);
	return address;
}
