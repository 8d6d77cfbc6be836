/*
 * Yours to fix. An upload is started by one component and handed over to
 * another. upload.h says who waits for it from then on; here each side believes
 * that the other one does.
 *
 * Promise   when desk_close() returns, every upload that was handed over has ended.
 * test      fails what_was_taken_is_sent_to_the_end
 * tsan      fires  data-race in desk_close, data-race in sent
 * helgrind  fires  Race in desk_close, Race in sent
 * budget    fires  joined in send_all when joined == started
 */
#include "upload.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct upload {
	upload_step *step;
	void *photo;
	pthread_t thread;
	int pieces; /* sent so far */
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

struct desk *desk_open(void)
{
	struct desk *desk = calloc(1, sizeof *desk);

	HAVE(desk);
	return desk;
}

void desk_take(struct desk *desk, struct upload *upload)
{
	REQUIRE(desk->count < DESK_ROOM);
	CHECK(pthread_detach(upload->thread)); /* it is no longer the caller's to join */
	desk->uploads[desk->count++] = upload;
}

int desk_close(struct desk *desk)
{
	int pieces = 0;

	for (int i = 0; i < desk->count; i++) {
		struct upload *upload = desk->uploads[i];
		pieces += upload->pieces;
		free(upload);
	}
	free(desk);
	return pieces;
}
