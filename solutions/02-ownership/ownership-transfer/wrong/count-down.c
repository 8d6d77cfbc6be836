/*
 * Tempting  each upload that ends tells its desk, and desk_close() waits until all have. Then it joins them, which
 *           takes no time.
 * Refused   the test: an upload that ended before it was handed over had no desk to tell. The desk waits for it for
 *           ever.
 * test      fails the_desk_waits_for_what_it_took
 */
#include "upload.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
struct upload {
	struct desk *desk; /* guarded by lock */
	upload_step *step;
	void *photo;
	pthread_t thread;
	int pieces; /* of the thread until it has been joined */
};

struct desk {
	struct upload *uploads[DESK_ROOM];
	int count, left;
};

static void *send_all(void *arg)
{
	struct upload *upload = arg;

	do
		upload->pieces++;
	while (upload->step(upload->photo));
	CHECK(pthread_mutex_lock(&lock));
	if (upload->desk)
		upload->desk->left--;
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
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

/* The one end of an upload, for either owner: the join orders all that the thread wrote before what follows. */
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

/* The handle changes hands, whole: thread, memory and the duty to wait. Nothing is left with the caller. */
void desk_take(struct desk *desk, struct upload *upload)
{
	REQUIRE(desk->count < DESK_ROOM);
	CHECK(pthread_mutex_lock(&lock));
	upload->desk = desk;
	desk->left++;
	CHECK(pthread_mutex_unlock(&lock));
	desk->uploads[desk->count++] = upload;
}

int desk_close(struct desk *desk)
{
	int pieces = 0;

	CHECK(pthread_mutex_lock(&lock));
	while (desk->left > 0)
		CHECK(pthread_cond_wait(&changed, &lock));
	CHECK(pthread_mutex_unlock(&lock));
	for (int i = 0; i < desk->count; i++)
		pieces += upload_wait(desk->uploads[i]);
	free(desk);
	return pieces;
}
