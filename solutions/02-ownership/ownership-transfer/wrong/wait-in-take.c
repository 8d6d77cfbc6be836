/*
 * The upload is waited for as it is handed over: then the desk has nothing to do.
 *
 * Tempting  Every join is there, every byte is freed, and no detector has anything to say.
 * Refused   The test: the hand-over was made so that nobody waits on the page. This one waits there.
 * test      fails  taking_does_not_wait
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
	int pieces;
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

struct desk *desk_open(void)
{
	struct desk *desk = calloc(1, sizeof *desk);

	HAVE(desk);
	return desk;
}

void desk_take(struct desk *desk, struct upload *upload)
{
	desk->pieces += upload_wait(upload);
}

int desk_close(struct desk *desk)
{
	int pieces = desk->pieces;

	free(desk);
	return pieces;
}
