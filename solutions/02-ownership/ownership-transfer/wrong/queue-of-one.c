/*
 * Tempting  the desk has a thread that waits for the uploads, one after the other. A short queue is enough, since it
 *           takes them as they come.
 * Refused   the test: it takes the next one when the last has sent its last piece. The third hand-over waits for
 *           that, on the page.
 * test      fails taking_does_not_wait
 */
#include "upload.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct upload {
	upload_step *step;
	void *photo;
	pthread_t thread;
	int pieces; /* of the thread until it has been joined */
};

struct desk {
	struct queue taken; /* uploads, each put by the one who hands it over */
	pthread_t waiter;
	int pieces; /* of the waiter until it has been joined */
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

static void *wait_for_all(void *arg)
{
	struct desk *desk = arg;
	void *upload;

	while (queue_take(&desk->taken, &upload))
		desk->pieces += upload_wait(upload);
	return NULL;
}

struct desk *desk_open(void)
{
	struct desk *desk = calloc(1, sizeof *desk);

	HAVE(desk);
	queue_init(&desk->taken, 1);
	NEED(pthread_create(&desk->waiter, NULL, wait_for_all, desk));
	return desk;
}

void desk_take(struct desk *desk, struct upload *upload)
{
	REQUIRE(queue_put(&desk->taken, upload));
}

int desk_close(struct desk *desk)
{
	queue_close(&desk->taken);
	CHECK(pthread_join(desk->waiter, NULL));
	int pieces = desk->pieces;
	queue_destroy(&desk->taken);
	free(desk);
	return pieces;
}
