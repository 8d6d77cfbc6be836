/*
 * The thread is started when it is known that it is needed.
 *
 * Tempting  a thread that was not started cannot be left behind; and no label is drawn for nothing.
 * Refused   the tests: checking and drawing take as long as each other, and now every customer waits for both
 *           in turn. The thread was there for that.
 * test      fails gives_back_an_unanswered_parcel, gives_back_an_unknown_parcel, prints_a_good_one,
 *           serves_one_after_the_other
 */
#include "label.h"

#include <pthread.h>

#include "kit/check.h"

struct label {
	const struct label_work *work;
	void *parcel;
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	label->work->print(label->parcel);
	return NULL;
}

enum address label_make(const struct label_work *work, void *parcel)
{
	enum address address = work->check(parcel);
	struct label label = {work, parcel};
	pthread_t thread;

	if (address != ADDRESS_GOOD)
		return address;
	NEED(pthread_create(&thread, NULL, draw_and_print, &label));
	CHECK(pthread_join(thread, NULL));
	return address;
}
