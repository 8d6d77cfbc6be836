/*
 * Tempting  a flag that one thread sets and another reads needs no lock, if it is volatile; and a loop that looks at it
 *           every millisecond can look at the clock, too.
 * Refused   tsan, helgrind and drd: the flag is a race, and so is all that the flag was to announce. The tests pass.
 * test      passes
 * tsan      fires  data-race in returned, data-race in reported
 * helgrind  fires  Race in returned, Race in reported
 */
#include "uploads.h"

#include <pthread.h>
#include <time.h>

#include "kit/check.h"

static struct upload {
	upload_fn *upload;
	void *scan;
	volatile bool returned;
} uploads[UPLOADS_ROOM];

static struct stop stop;
static int count;     /* of uploads[]; only touched by the thread that starts and stops */
static bool stopping; /* likewise */

/* Tells whether the upload has returned; it says so itself. */
static bool returned(struct upload *upload, bool now)
{
	if (now)
		upload->returned = true;
	return upload->returned;
}

static void *run(void *arg)
{
	struct upload *self = arg;

	self->upload(&stop, self->scan);
	returned(self, true);
	return NULL;
}

bool uploads_start(upload_fn *upload, void *scan)
{
	pthread_t thread;

	if (stopping || count == UPLOADS_ROOM)
		return false;
	if (count == 0)
		stop_init(&stop);
	uploads[count].upload = upload;
	uploads[count].scan = scan;
	NEED(pthread_create(&thread, NULL, run, &uploads[count++]));
	CHECK(pthread_detach(thread));
	return true;
}

int uploads_stop(long patience)
{
	int stuck;

	stopping = true;
	if (count > 0)
		stop_request(&stop);
	do {
		stuck = 0;
		for (int i = 0; i < count; i++)
			stuck += !returned(&uploads[i], false);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	} while (stuck > 0 && --patience > 0);
	return stuck;
}
