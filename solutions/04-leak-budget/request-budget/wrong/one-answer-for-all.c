/*
 * Wrong. What the head office has said is kept in a static variable, from the check to the
 * end of the drawing.
 *
 * Tempting  it is written and read by the clerk's own thread, and with one counter everything is right.
 * Refused   by the tests: while the label is being drawn another parcel is checked at the next counter, and the first
 *           one gets the second one's answer, and is printed.
 * Promise   when label_make() returns, no thread of its parcel runs.
 * test      fails gives_back_an_unanswered_parcel, gives_back_an_unknown_parcel
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
	static enum address address;
	pthread_t thread;

	NEED(pthread_create(&thread, NULL, draw, &drawing));
	address = work->check(parcel);
	CHECK(pthread_join(thread, NULL));
	if (address == ADDRESS_GOOD)
		work->print(parcel);
	return address;
}
