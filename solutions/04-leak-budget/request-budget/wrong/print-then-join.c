/*
 * Wrong. The thread draws and ends. When the answer has come, the caller prints, and then
 * joins the thread.
 *
 * Tempting  all that is promised is there, the print as well as the join, on every path. Only the order of two lines
 *           is not.
 * Refused   by the tests: of one parcel the answer comes first, and what is printed is half a label.
 * Promise   when label_make() returns, no thread of its parcel runs.
 * test      fails gives_back_an_unanswered_parcel, gives_back_an_unknown_parcel, prints_a_good_one
 */
#include "label.h"

#include <pthread.h>

#include "kit/check.h"

struct label {
	const struct label_work *work;
	void *parcel;
};

static void *draw(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	return NULL;
}

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label label = {work, parcel};
	pthread_t thread;

	NEED(pthread_create(&thread, NULL, draw, &label));
	enum address address = work->check(parcel);
	if (address == ADDRESS_GOOD)
		work->print(parcel);
	CHECK(pthread_join(thread, NULL));
	return address;
}
