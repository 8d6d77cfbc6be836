/*
 * Tempting  the stop has done what it could, and the caller can do no more.
 * Refused   the test: "ended" is said of copies that run. The caller frees what they use, and nobody logs them.
 * test      fails gives_up_once_for_all, reaps_the_late_one_later, knows_who_is_late, is_one_of_several
 */
#include "backup.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct backup {
	struct stop stop;
	pthread_mutex_t lock;
	pthread_cond_t one_returned;
	int running; /* guarded by lock */
	int count;   /* of copies[]; does not change */
	struct copy {
		struct volume *volume;
		pthread_t thread;
		struct backup *backup;
		bool returned; /* guarded by lock */
		bool released; /* only touched by backup_stop() */
	} copies[BACKUP_VOLUMES];
};

static void *run(void *arg)
{
	struct copy *copy = arg;
	struct backup *backup = copy->backup;

	copy->volume->copy(copy->volume, &backup->stop);
	CHECK(pthread_mutex_lock(&backup->lock));
	copy->returned = true;
	backup->running--;
	CHECK(pthread_cond_signal(&backup->one_returned));
	CHECK(pthread_mutex_unlock(&backup->lock));
	return NULL;
}

struct backup *backup_start(struct volume *const volumes[], int count)
{
	struct backup *backup = calloc(1, sizeof *backup);

	HAVE(backup);
	stop_init(&backup->stop);
	CHECK(pthread_mutex_init(&backup->lock, NULL));
	deadline_cond_init(&backup->one_returned);
	backup->running = count;
	backup->count = count;
	for (int i = 0; i < count; i++) {
		struct copy *copy = &backup->copies[i];
		copy->volume = volumes[i];
		copy->backup = backup;
		NEED(pthread_create(&copy->thread, NULL, run, copy));
	}
	return backup;
}

/* Waits for all that it need not leave, and says which are late. */
static void wait_until(struct backup *backup, const struct timespec *end, bool late[BACKUP_VOLUMES])
{
	CHECK(pthread_mutex_lock(&backup->lock));
	while (backup->running > 0 && deadline_cond_wait(&backup->one_returned, &backup->lock, end))
		;
	for (int i = 0; i < backup->count; i++)
		late[i] = !backup->copies[i].returned;
	CHECK(pthread_mutex_unlock(&backup->lock));
}

/* The thread has no more to do than to end, so that this join takes no time that counts. */
static void reap(struct copy *copy)
{
	CHECK(pthread_join(copy->thread, NULL));
	copy->volume->release(copy->volume);
	copy->released = true;
}

static void free_backup(struct backup *backup)
{
	CHECK(pthread_cond_destroy(&backup->one_returned));
	CHECK(pthread_mutex_destroy(&backup->lock));
	stop_destroy(&backup->stop);
	free(backup);
}

enum backup_end backup_stop(struct backup *backup, long patience, bool late[BACKUP_VOLUMES])
{
	struct timespec end = deadline_in(patience);
	int left = 0;

	stop_request(&backup->stop);
	wait_until(backup, &end, late);
	for (int i = 0; i < backup->count; i++) {
		left += late[i];
		if (!late[i] && !backup->copies[i].released)
			reap(&backup->copies[i]);
	}
	if (left == 0)
		free_backup(backup);
	return BACKUP_ENDED;
}
