/*
 * The thread hears its word on every path and is joined. The label is a static
 * one, with a lock for as long as a parcel has it.
 *
 * Tempting  what is never allocated is never left behind, and the lock keeps the parcels apart. The budget holds
 *           with ease.
 * Refused   the tests: while one parcel waits for the head office, the counter beside it stands still.
 * test      fails prints_a_good_one, gives_back_an_unanswered_parcel, gives_back_an_unknown_parcel
 */
#include "label.h"

#include <pthread.h>

#include "kit/check.h"

enum word { NO_WORD_YET, PRINT, LEAVE };

/* The counter's one label, made anew for each parcel. */
static struct label {
	const struct label_work *work;
	void *parcel;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum word word; /* guarded by lock */
} the_label;

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER; /* held as long as it is somebody's */

static void *draw_and_print(void *arg)
{
	struct label *label = arg;

	label->work->draw(label->parcel);
	CHECK(pthread_mutex_lock(&label->lock));
	while (label->word == NO_WORD_YET)
		CHECK(pthread_cond_wait(&label->changed, &label->lock));
	enum word word = label->word;
	CHECK(pthread_mutex_unlock(&label->lock));
	if (word == PRINT)
		label->work->print(label->parcel);
	return NULL;
}

static struct label *label_start(const struct label_work *work, void *parcel)
{
	struct label *label = &the_label;

	CHECK(pthread_mutex_lock(&making));
	*label = (struct label){.work = work, .parcel = parcel};
	CHECK(pthread_mutex_init(&label->lock, NULL));
	CHECK(pthread_cond_init(&label->changed, NULL));
	NEED(pthread_create(&label->thread, NULL, draw_and_print, label));
	return label;
}

/* The one end of a label, whatever became of it: says the word, and waits until the thread has ended. */
static void label_end(struct label *label, enum word word)
{
	CHECK(pthread_mutex_lock(&label->lock));
	label->word = word;
	CHECK(pthread_cond_signal(&label->changed));
	CHECK(pthread_mutex_unlock(&label->lock));
	CHECK(pthread_join(label->thread, NULL));
	CHECK(pthread_mutex_destroy(&label->lock));
	CHECK(pthread_cond_destroy(&label->changed));
	CHECK(pthread_mutex_unlock(&making));
}

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label *label = label_start(work, parcel);
	enum address address = work->check(parcel);

	label_end(label, address == ADDRESS_GOOD ? PRINT : LEAVE);
	return address;
}
