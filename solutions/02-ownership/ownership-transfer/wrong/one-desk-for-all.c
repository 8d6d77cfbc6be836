/*
 * There is one desk, and desk_open() returns it.
 *
 * Tempting  a place has one desk, its memory need not be freed, and with one desk at a time everything is right.
 * Refused   the test: two are open at a time, and each answers for the uploads of both, or for none. Where a header
 *           has a handle, what is behind it is not one.
 * test      fails  the_desk_waits_for_what_it_took
 */
#include "upload.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct upload {
	upload_step *step;
	void *photo;
	pthread_t thread;
	int pieces; /* of the thread until it has been joined */
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
	while (upload->step(upload->photo));
	return NULL;
}

struct upload *upload_start(upload_step *step, void *photo)
{
	struct upload *upload = malloc(sizeof *upload);

	HAVE(upload);
	*upload = (struct upload){.step = step, .photo = photo};
	NEED(pthread_create(&upload->thread, NULL, send_all, upload));
	return upload;
}

int upload_wait(struct upload *upload)
{
	CHECK(pthread_join(upload->thread, NULL));
	int pieces = upload->pieces;
	free(upload);
	return pieces;
}

static struct desk the_desk;

struct desk *desk_open(void)
{
	return &the_desk;
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
		pieces += upload_wait(desk->uploads[i]);
	desk->count = 0;
	return pieces;
}
