/*
 * The uploads are detached and only counted: nobody joins, on time or late, so
 * there are no two ways to treat them. Good because nothing is ever freed or
 * destroyed: a thread that has counted itself out may still be on its way.
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
} uploads[UPLOADS_ROOM];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_returned;
static int running; /* guarded by lock */

static struct stop stop;
static int count;     /* of uploads[]; only touched by the thread that starts and stops */
static bool stopping; /* likewise */

static void *run(void *arg)
{
	struct upload *self = arg;

	self->upload(&stop, self->scan);
	CHECK(pthread_mutex_lock(&lock));
	if (--running == 0)
		CHECK(pthread_cond_signal(&all_returned));
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

bool uploads_start(upload_fn *upload, void *scan)
{
	pthread_t thread;

	if (stopping || count == UPLOADS_ROOM)
		return false;
	if (count == 0) {
		stop_init(&stop);
		deadline_cond_init(&all_returned);
	}
	uploads[count] = (struct upload){upload, scan};
	CHECK(pthread_mutex_lock(&lock));
	running++;
	CHECK(pthread_mutex_unlock(&lock));
	NEED(pthread_create(&thread, NULL, run, &uploads[count++]));
	CHECK(pthread_detach(thread));
	return true;
}

int uploads_stop(long patience)
{
	struct timespec end = deadline_in(patience);

	stopping = true;
	if (count > 0)
		stop_request(&stop);
	CHECK(pthread_mutex_lock(&lock));
	while (running > 0 && deadline_cond_wait(&all_returned, &lock, &end))
		;
	int stuck = running;
	CHECK(pthread_mutex_unlock(&lock));
	return stuck;
}
