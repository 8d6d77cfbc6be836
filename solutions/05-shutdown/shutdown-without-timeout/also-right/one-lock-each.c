/*
 * Each upload has its own lock and condition, and uploads_stop() waits for one
 * after the other, all with the same end: a deadline is a point in time, so the
 * sum of the waits is bounded as one wait is.
 *
 * Promise   uploads_stop() returns when all uploads have, or when its patience is over.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when unjoined at exit <= 0
 */
#include "uploads.h"

#include <pthread.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct upload {
	upload_fn *upload;
	void *scan;
	pthread_t thread;
	bool joined; /* only touched by uploads_stop() */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool returned; /* guarded by lock */
} uploads[UPLOADS_ROOM];

static struct stop stop;
static int count;     /* of uploads[]; only touched by the thread that starts and stops */
static bool stopping; /* likewise */

static void *run(void *arg)
{
	struct upload *self = arg;

	self->upload(&stop, self->scan);
	CHECK(pthread_mutex_lock(&self->lock));
	self->returned = true;
	CHECK(pthread_cond_signal(&self->changed));
	CHECK(pthread_mutex_unlock(&self->lock));
	return NULL;
}

bool uploads_start(upload_fn *upload, void *scan)
{
	if (stopping || count == UPLOADS_ROOM)
		return false;
	if (count == 0)
		stop_init(&stop);
	uploads[count].upload = upload;
	uploads[count].scan = scan;
	CHECK(pthread_mutex_init(&uploads[count].lock, NULL));
	deadline_cond_init(&uploads[count].changed);
	NEED(pthread_create(&uploads[count].thread, NULL, run, &uploads[count]));
	count++;
	return true;
}

/* False if the upload has not returned when the time has come. */
static bool join_until(struct upload *upload, const struct timespec *end)
{
	CHECK(pthread_mutex_lock(&upload->lock));
	while (!upload->returned && deadline_cond_wait(&upload->changed, &upload->lock, end))
		;
	bool returned = upload->returned;
	CHECK(pthread_mutex_unlock(&upload->lock));
	if (returned)
		CHECK(pthread_join(upload->thread, NULL));
	return returned;
}

int uploads_stop(long patience)
{
	struct timespec end = deadline_in(patience);
	int stuck = 0;

	stopping = true;
	if (count > 0)
		stop_request(&stop);
	for (int i = 0; i < count; i++) {
		uploads[i].joined = uploads[i].joined || join_until(&uploads[i], &end);
		stuck += !uploads[i].joined;
	}
	return stuck;
}
