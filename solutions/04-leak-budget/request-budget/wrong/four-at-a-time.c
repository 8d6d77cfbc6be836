/*
 * Wrong. The thread hears its word on every path and is joined, and no more than four
 * labels are made at a time.
 *
 * Tempting  the machine had too many threads; now it has a limit, and a leak could not grow beyond it either.
 * Refused   by a test: at the fifth counter nothing is drawn and nothing checked until another one has finished. The
 *           header lets threads grow with the calls under way, and wants each parcel to be served.
 * Promise   when label_make() returns, no thread of its parcel runs.
 * test      fails prints_a_good_one
 */
#include "label.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

enum word { NO_WORD_YET, PRINT, LEAVE };

struct label {
	const struct label_work *work;
	void *parcel;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum word word; /* guarded by lock */
};

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
	struct label *label = calloc(1, sizeof *label);

	HAVE(label);
	label->work = work;
	label->parcel = parcel;
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
	free(label);
}

static sem_t desks;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
	REQUIRE(sem_init(&desks, 0, 4) == 0);
}

enum address label_make(const struct label_work *work, void *parcel)
{
	CHECK(pthread_once(&once, init));
	while (sem_wait(&desks) != 0)
		;
	struct label *label = label_start(work, parcel);
	enum address address = work->check(parcel);

	label_end(label, address == ADDRESS_GOOD ? PRINT : LEAVE);
	REQUIRE(sem_post(&desks) == 0);
	return address;
}
