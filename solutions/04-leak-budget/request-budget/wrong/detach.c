/*
 * The thread is told to leave where there is nothing to print, and detached: it
 * cleans up behind itself.
 *
 * Tempting  it hears a word on every path and ends soon; why should a clerk wait for the drawing of a label
 *           that nobody wants?
 * Refused   the tests: the caller has its parcel back while the thread still draws on it. And the budget:
 *           a thread that is detached is never joined, so that no caller knows when it has ended.
 * test      fails gives_back_an_unanswered_parcel, gives_back_an_unknown_parcel
 * budget    fires joined in draw_and_print when joined == started
 */
#include "label.h"

#include <pthread.h>
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

static void label_free(struct label *label)
{
	CHECK(pthread_mutex_destroy(&label->lock));
	CHECK(pthread_cond_destroy(&label->changed));
	free(label);
}

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
	else
		label_free(label);
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

static void label_checked(struct label *label, enum word word)
{
	CHECK(pthread_mutex_lock(&label->lock));
	label->word = word;
	CHECK(pthread_cond_signal(&label->changed));
	CHECK(pthread_mutex_unlock(&label->lock));
}

enum address label_make(const struct label_work *work, void *parcel)
{
	struct label *label = label_start(work, parcel);
	pthread_t thread = label->thread;
	enum address address = work->check(parcel);

	if (address != ADDRESS_GOOD) {
		CHECK(pthread_detach(thread));
		label_checked(label, LEAVE);
		return address;
	}
	label_checked(label, PRINT);
	CHECK(pthread_join(thread, NULL));
	label_free(label);
	return address;
}
