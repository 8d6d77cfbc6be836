/*
 * The caller holds a lock from before the thread starts until the answer is
 * there. So the thread waits for nothing but the lock, which each path gives back.
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

#include "kit/check.h"

struct label {
	const struct label_work *work;
	void *parcel;
	pthread_mutex_t asked; /* the caller has it until the answer is there */
	enum address address;  /* guarded by asked */
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->asked));
	CHECK(pthread_mutex_unlock(&label->asked));
	if (label->address == ADDRESS_GOOD)
		label->work->print(label->parcel);
	return NULL;
}

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label label = {.work = work, .parcel = parcel};
	pthread_t thread;

	CHECK(pthread_mutex_init(&label.asked, NULL));
	CHECK(pthread_mutex_lock(&label.asked));
	NEED(pthread_create(&thread, NULL, draw_and_print, &label));
	label.address = work->check(parcel);
	CHECK(pthread_mutex_unlock(&label.asked));
	CHECK(pthread_join(thread, NULL));
	CHECK(pthread_mutex_destroy(&label.asked));
	return label.address;
}
