/*
 * Tempting  each volume gets the time that the caller grants.
 * Refused   the test: six volumes that are stuck take six times as long. The battery was for once.
 * test      fails gives_up_once_for_all
 */
#include "backup.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct backup {
	struct stop stop;
	int count; /* of copies[]; does not change */
	struct copy {
		struct volume *volume;
		pthread_t thread;
		struct backup *backup;
		bool released; /* only touched by backup_stop() */
		pthread_mutex_t lock;
		pthread_cond_t changed;
		bool returned; /* guarded by lock */
	} copies[BACKUP_VOLUMES];
};

static void *run(void *arg)
{
	struct copy *copy = arg;

	copy->volume->copy(copy->volume, &copy->backup->stop);
	CHECK(pthread_mutex_lock(&copy->lock));
	copy->returned = true;
	CHECK(pthread_cond_signal(&copy->changed));
	CHECK(pthread_mutex_unlock(&copy->lock));
	return NULL;
}

struct backup *backup_start(struct volume *const volumes[], int count)
{
	struct backup *backup = calloc(1, sizeof *backup);

	HAVE(backup);
	stop_init(&backup->stop);
	backup->count = count;
	for (int i = 0; i < count; i++) {
		struct copy *copy = &backup->copies[i];
		copy->volume = volumes[i];
		copy->backup = backup;
		CHECK(pthread_mutex_init(&copy->lock, NULL));
		deadline_cond_init(&copy->changed);
		NEED(pthread_create(&copy->thread, NULL, run, copy));
	}
	return backup;
}

/* False if the copy has not returned when its time is over. */
static bool returns_within(struct copy *copy, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&copy->lock));
	while (!copy->returned && deadline_cond_wait(&copy->changed, &copy->lock, &end))
		;
	bool returned = copy->returned;
	CHECK(pthread_mutex_unlock(&copy->lock));
	return returned;
}

/* The thread has no more to do than to end, so that this join takes no time that counts. */
static void reap(struct copy *copy)
{
	CHECK(pthread_join(copy->thread, NULL));
	copy->volume->release(copy->volume);
	CHECK(pthread_cond_destroy(&copy->changed));
	CHECK(pthread_mutex_destroy(&copy->lock));
	copy->released = true;
}

static void free_backup(struct backup *backup)
{
	stop_destroy(&backup->stop);
	free(backup);
}

enum backup_end backup_stop(struct backup *backup, long patience, bool late[BACKUP_VOLUMES])
{
	int left = 0;

	stop_request(&backup->stop);
	for (int i = 0; i < backup->count; i++) {
		struct copy *copy = &backup->copies[i];
		late[i] = !copy->released && !returns_within(copy, patience);
		if (!late[i] && !copy->released)
			reap(copy);
		left += late[i];
	}
	if (left > 0)
		return BACKUP_LATE;
	free_backup(backup);
	return BACKUP_ENDED;
}
