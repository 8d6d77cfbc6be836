/*
 * desk_close() tells the uploads to end after the piece that is under way, and waits for them.
 *
 * Tempting  A close that asks and then joins is what every other thread gets, it is over soon, and no detector minds.
 * Refused   The test: the desk took over the duty to wait, and not the right to end. The photo arrives torn, and nobody
 *           is told.
 * test      fails what_was_taken_is_sent_to_the_end
 */
#include "upload.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/stop.h"

struct upload {
	upload_step *step;
	void *photo;
	pthread_t thread;
	int pieces; /* of the thread until it has been joined */
	struct stop stop;
};

struct desk {
	struct upload *uploads[DESK_ROOM];
	int count;
};

static void *send_all(void *arg)
{
	struct upload *upload = arg;

	do
		upload->pieces++;
	while (upload->step(upload->photo) && !stop_requested(&upload->stop));
	return NULL;
}

struct upload *upload_start(upload_step *step, void *photo)
{
	struct upload *upload = malloc(sizeof *upload);

	HAVE(upload);
	*upload = (struct upload){.step = step, .photo = photo};
	stop_init(&upload->stop);
	NEED(pthread_create(&upload->thread, NULL, send_all, upload));
	return upload;
}

int upload_wait(struct upload *upload)
{
	CHECK(pthread_join(upload->thread, NULL));
	int pieces = upload->pieces;
	stop_destroy(&upload->stop);
	free(upload);
	return pieces;
}

struct desk *desk_open(void)
{
	struct desk *desk = calloc(1, sizeof *desk);

	HAVE(desk);
	return desk;
}

void desk_take(struct desk *desk, struct upload *upload)
{
	REQUIRE(desk->count < DESK_ROOM);
	desk->uploads[desk->count++] = upload;
}

int desk_close(struct desk *desk)
{
	int pieces = 0;

	for (int i = 0; i < desk->count; i++)
		stop_request(&desk->uploads[i]->stop);
	for (int i = 0; i < desk->count; i++)
		pieces += upload_wait(desk->uploads[i]);
	free(desk);
	return pieces;
}
