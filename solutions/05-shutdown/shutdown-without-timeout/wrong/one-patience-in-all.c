/*
 * Wrong. The first call waits. The next one only says how many are left.
 *
 * Tempting  it was told to stop and has had its time; what is stuck will not be less stuck now.
 * Refused   by a test: a second call is there to give them more time, and this one gives none.
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

int uploads_stop(long patience)
{
	/* One end for all of them. A patience per upload, or per wake-up, would be a multiple of what the caller gave. */
	struct timespec end = deadline_in(patience);

	bool again = stopping;
	stopping = true;
	if (count > 0)
		stop_request(&stop);
	CHECK(pthread_mutex_lock(&lock));
	while (running > 0 && !again && deadline_cond_wait(&one_returned, &lock, &end))
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
