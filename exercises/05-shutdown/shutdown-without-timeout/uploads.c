/*
 * Yours to fix. uploads_stop() takes a patience and does not look at it: one
 * stuck upload, and it never returns.
 *
 * Promise   uploads_stop() returns when all uploads have, or when its patience is over.
 * test      fails gives_up_on_a_stuck_upload
 */
#include "uploads.h"

#include <pthread.h>

#include "kit/check.h"

static struct upload {
	upload_fn *upload;
	void *scan;
	pthread_t thread;
} uploads[UPLOADS_ROOM];

static struct stop stop;
static int count;     /* of uploads[]; only touched by the thread that starts and stops */
static bool stopping; /* likewise */

static void *run(void *arg)
{
	struct upload *self = arg;

	self->upload(&stop, self->scan);
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
	NEED(pthread_create(&uploads[count].thread, NULL, run, &uploads[count]));
	count++;
	return true;
}

int uploads_stop(long patience)
{
	(void)patience;
	stopping = true;
	if (count > 0)
		stop_request(&stop);
	for (; count > 0; count--)
		CHECK(pthread_join(uploads[count - 1].thread, NULL));
	return 0;
}
