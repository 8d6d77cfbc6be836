/*
 * Wrong. A patience of 0 is taken for one without an end, as many functions of the
 * system take theirs.
 *
 * Tempting  who gives no limit wants none.
 * Refused   by a test: no longer than 0 ms is not at all. The caller who has least patience waits for ever.
 * Promise   uploads_stop() returns when all uploads have, or when its patience is over.
 * test      fails gives_up_on_a_stuck_upload
 */
#include "uploads.h"

#include <pthread.h>

#include "kit/check.h"
#include "kit/deadline.h"

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

/* Needs the lock held. False when the time has come first. */
static bool wait_for_one(long patience, const struct timespec *end)
{
	if (patience > 0)
		return deadline_cond_wait(&one_returned, &lock, end);
	CHECK(pthread_cond_wait(&one_returned, &lock));
	return true;
}

int uploads_stop(long patience)
{
	/* One end for all of them. A patience per upload, or per wake-up, would be a multiple of what the caller gave. */
	struct timespec end = deadline_in(patience);

	stopping = true;
	if (count > 0)
		stop_request(&stop);
	CHECK(pthread_mutex_lock(&lock));
	while (running > 0 && wait_for_one(patience, &end))
		;
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
