/*
 * desk_close() gives the uploads a moment to end.
 *
 * Tempting  A piece takes a few milliseconds, so after a second all of them have ended.
 * Refused   ThreadSanitizer and Helgrind: time orders nothing. One slow network, and the memory is freed under the thread.
 * tsan      fires  data-race in desk_close, data-race in sent
 * helgrind  fires  Race in desk_close, Race in sent
 * budget    fires  joined in send_all when joined == started
 */
#include "upload.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { FIRST_END = 8 };

struct upload {
	upload_step *step;
	void *photo;
	pthread_t thread;
	int pieces; /* sent so far */
	int end;    /* the point that is reached when all are sent */
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
	schedule_reached(upload->end);
	return NULL;
}

struct upload *upload_start(upload_step *step, void *photo)
{
	static int end = FIRST_END;
	struct upload *upload = malloc(sizeof *upload);

	HAVE(upload);
	*upload = (struct upload){.step = step, .photo = photo, .end = end++};
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
	CHECK(pthread_detach(upload->thread));
	desk->uploads[desk->count++] = upload;
}

int desk_close(struct desk *desk)
{
	int pieces = 0;

	nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	/* A moment that was long enough, as it is nearly always. */
	for (int i = 0; i < desk->count; i++)
		schedule_await(desk->uploads[i]->end);
	for (int i = 0; i < desk->count; i++) {
		struct upload *upload = desk->uploads[i];
		pieces += upload->pieces;
		free(upload);
	}
	free(desk);
	return pieces;
}
