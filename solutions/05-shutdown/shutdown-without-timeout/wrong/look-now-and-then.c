/*
 * Wrong. The stop looks every five seconds whether all have returned.
 *
 * Tempting  a stop happens once a day, and nobody minds some seconds; no condition is needed.
 * Refused   by a test: all have returned, and the stop sleeps on. It was to return as soon as the last one has.
 * Promise   uploads_stop() returns when all uploads have, or when its patience is over.
 * test      fails asks_and_waits_for_all
 */
#include "uploads.h"

#include <pthread.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"

enum { LOOK = 5000 /* ms */ };

static struct upload {
	upload_fn *upload;
	void *scan;
	pthread_t thread;
	bool returned; /* guarded by lock */
	bool joined;   /* only touched by uploads_stop() */
} uploads[UPLOADS_ROOM];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_returned;
static int running; /* guarded by lock */

static struct stop stop;
static int count;     /* of uploads[]; only touched by the thread that starts and stops */
static bool stopping; /* likewise */

static void *run(void *arg)
{
	struct upload *self = arg;

	self->upload(&stop, self->scan);
	CHECK(pthread_mutex_lock(&lock));
	self->returned = true;
	running--;
	CHECK(pthread_cond_signal(&one_returned));
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

bool uploads_start(upload_fn *upload, void *scan)
{
	if (stopping || count == UPLOADS_ROOM)
		return false;
	if (count == 0) {
		stop_init(&stop);
		deadline_cond_init(&one_returned);
	}
	uploads[count].upload = upload;
	uploads[count].scan = scan;
	CHECK(pthread_mutex_lock(&lock));
	running++;
	CHECK(pthread_mutex_unlock(&lock));
	NEED(pthread_create(&uploads[count].thread, NULL, run, &uploads[count]));
	count++;
	return true;
}

static bool has_returned(const struct upload *upload)
{
	CHECK(pthread_mutex_lock(&lock));
	bool returned = upload->returned;
	CHECK(pthread_mutex_unlock(&lock));
	return returned;
}

int uploads_stop(long patience)
{
	stopping = true;
	if (count > 0)
		stop_request(&stop);
	CHECK(pthread_mutex_lock(&lock));
	for (long left = patience; running > 0 && left > 0; left -= LOOK) {
		long nap = left < LOOK ? left : LOOK;

		CHECK(pthread_mutex_unlock(&lock));
		nanosleep(&(struct timespec){.tv_sec = nap / 1000, .tv_nsec = nap % 1000 * 1000000}, NULL);
		CHECK(pthread_mutex_lock(&lock));
	}
	int stuck = running;
	CHECK(pthread_mutex_unlock(&lock));

	/* A thread that says that it has returned is joined at once. Another may run for ever: no join, but a later call. */
	for (int i = 0; i < count; i++)
		if (!uploads[i].joined && has_returned(&uploads[i])) {
			CHECK(pthread_join(uploads[i].thread, NULL));
			uploads[i].joined = true;
		}
	/* The token is not destroyed, nor anything else that a stuck upload can still touch. */
	return stuck;
}
