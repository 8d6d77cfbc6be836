/*
 * Tempting  the caller says how long it is willing to wait, so wait that long and then look.
 * Refused   the tests: "no longer than" has become "exactly". A caller with a long patience waits it out for nothing.
 * test      fails asks_and_waits_for_all, gives_up_on_a_stuck_upload, starts_nothing_after_stop
 */
#include "uploads.h"

#include <pthread.h>
#include <time.h>

#include "kit/check.h"

static struct upload {
	upload_fn *upload;
	void *scan;
	pthread_t thread;
	bool returned; /* guarded by lock */
	bool joined;   /* only touched by uploads_stop() */
} uploads[UPLOADS_ROOM];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
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
	CHECK(pthread_mutex_unlock(&lock));
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
	struct timespec time = {.tv_sec = patience / 1000, .tv_nsec = patience % 1000 * 1000000};

	stopping = true;
	if (count > 0)
		stop_request(&stop);
	nanosleep(&time, NULL);
	CHECK(pthread_mutex_lock(&lock));
	int stuck = running;
	CHECK(pthread_mutex_unlock(&lock));

	for (int i = 0; i < count; i++)
		if (!uploads[i].joined && has_returned(&uploads[i])) {
			CHECK(pthread_join(uploads[i].thread, NULL));
			uploads[i].joined = true;
		}
	return stuck;
}
