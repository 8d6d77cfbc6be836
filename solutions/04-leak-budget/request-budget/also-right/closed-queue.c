/*
 * The word travels through a queue, and closing the queue says that no more
 * will come. A queue that is closed on every path leaves nobody waiting, and
 * what was put into it before is still taken out.
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
#include "kit/queue.h"

struct label {
	const struct label_work *work;
	struct queue to_print; /* of the parcel, once its address is known to be good */
	void *parcel;
};

static void *draw_and_print(void *arg)
{
	struct label *label = arg;
	void *parcel;

	label->work->draw(label->parcel);
	if (queue_take(&label->to_print, &parcel))
		label->work->print(parcel);
	return NULL;
}

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label label = {.work = work, .parcel = parcel};
	pthread_t thread;

	queue_init(&label.to_print, 1);
	NEED(pthread_create(&thread, NULL, draw_and_print, &label));
	enum address address = work->check(parcel);
	if (address == ADDRESS_GOOD)
		REQUIRE(queue_put(&label.to_print, parcel));
	queue_close(&label.to_print);
	CHECK(pthread_join(thread, NULL));
	queue_destroy(&label.to_print);
	return address;
}
