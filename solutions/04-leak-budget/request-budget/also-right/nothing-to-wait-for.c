/*
 * The thread draws, and that is all. A thread that waits for nobody cannot be left
 * waiting: there is no word to forget, no lock and no condition. The caller
 * knows what check() has said; so it prints, when it has joined the thread.
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

struct drawing {
	const struct label_work *work;
	void *parcel;
};

static void *draw(void *arg)
{
	const struct drawing *drawing = arg;

	drawing->work->draw(drawing->parcel);
	return NULL;
}

enum address label_make(const struct label_work *work, void *parcel)
{
	/* On the stack: the thread ends before this function does. */
	struct drawing drawing = {work, parcel};
	pthread_t thread;

	NEED(pthread_create(&thread, NULL, draw, &drawing));
	enum address address = work->check(parcel);
	CHECK(pthread_join(thread, NULL));
	if (address == ADDRESS_GOOD)
		work->print(parcel);
	return address;
}
