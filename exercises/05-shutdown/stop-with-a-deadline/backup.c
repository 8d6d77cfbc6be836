/*
 * Yours to fix. pthread_timedjoin_np() takes an end, and tells which threads have not ended
 * by then. What becomes of those, and of what they use, was left open.
 *
 * Promise   backup_stop() returns when its patience is over, and takes nothing from a thread that runs.
 * test      fails ends_when_all_have, gives_up_once_for_all, reaps_the_late_one_later, is_one_of_several,
 *           knows_who_is_late
 */
#define _GNU_SOURCE /* pthread_timedjoin_np() */
#include "backup.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct backup {
	struct stop stop;
	int count; /* of copies[]; does not change */
	struct copy {
		struct volume *volume;
		pthread_t thread;
		struct backup *backup;
	} copies[BACKUP_VOLUMES];
};

static void *run(void *arg)
{
	struct copy *copy = arg;

	copy->volume->copy(copy->volume, &copy->backup->stop);
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
		NEED(pthread_create(&copy->thread, NULL, run, copy));
	}
	return backup;
}

enum backup_end backup_stop(struct backup *backup, long patience, bool late[BACKUP_VOLUMES])
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += patience / 1000;
	stop_request(&backup->stop);
	for (int i = 0; i < backup->count; i++) {
		struct copy *copy = &backup->copies[i];
		late[i] = pthread_timedjoin_np(copy->thread, NULL, &end) != 0;
		copy->volume->release(copy->volume);
	}
	stop_destroy(&backup->stop);
	free(backup);
	return BACKUP_ENDED;
}
