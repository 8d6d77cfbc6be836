/*
 * Wrong. If none runs any more, nobody needs to be waited for: so the count is an
 * atomic one, too, and the lock is taken only when it is not 0 yet.
 *
 * Tempting  an atomic is never half written, 0 stays 0 once the stop was asked for, and a lock costs something.
 * Refused   by ThreadSanitizer: memory_order_relaxed orders nothing but the count itself. What the uploads have written
 *           the caller was to read without a lock. The tests pass.
 * Promise   uploads_stop() returns when all uploads have, or when its patience is over.
 * test      passes
 * tsan      fires  data-race in reported
 */
#include "uploads.h"

#include <pthread.h>
#include <stdatomic.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct upload {
	upload_fn *upload;
	void *scan;
} uploads[UPLOADS_ROOM];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_returned;
static int running;	/* guarded by lock */
static atomic_int left; /* the same number */

static struct stop stop;
static int count;     /* of uploads[]; only touched by the thread that starts and stops */
static bool stopping; /* likewise */

static void *run(void *arg)
{
	struct upload *self = arg;

	self->upload(&stop, self->scan);
	CHECK(pthread_mutex_lock(&lock));
	atomic_fetch_sub_explicit(&left, 1, memory_order_relaxed);
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
	atomic_fetch_add_explicit(&left, 1, memory_order_relaxed);
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
	if (atomic_load_explicit(&left, memory_order_relaxed) == 0)
		return 0;
	CHECK(pthread_mutex_lock(&lock));
	while (running > 0 && deadline_cond_wait(&all_returned, &lock, &end))
		;
	int stuck = running;
	CHECK(pthread_mutex_unlock(&lock));
	return stuck;
}
