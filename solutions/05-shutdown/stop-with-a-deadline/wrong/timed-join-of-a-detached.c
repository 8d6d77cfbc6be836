/*
 * Tempting  the threads are detached, so that a late one leaves nothing behind, and joined as far as there is time.
 * Refused   the test: a thread that is detached cannot be joined. pthread_timedjoin_np() says EINVAL, if it can say
 *           anything, and only ETIMEDOUT was expected: each copy that runs is taken for one that has ended.
 * test      fails ends_when_all_have, gives_up_once_for_all, reaps_the_late_one_later, is_one_of_several,
 *           knows_who_is_late
 */
#define _GNU_SOURCE /* pthread_timedjoin_np() */
#include "backup.h"

#include <errno.h>
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
		bool released; /* only touched by backup_stop() */
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
		CHECK(pthread_detach(copy->thread));
	}
	return backup;
}

static struct timespec wall_clock_in(long milliseconds)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += milliseconds / 1000;
	end.tv_nsec += milliseconds % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	return end;
}

static bool reap_until(struct copy *copy, const struct timespec *end)
{
	if (pthread_timedjoin_np(copy->thread, NULL, end) == ETIMEDOUT)
		return false;
	copy->volume->release(copy->volume);
	copy->released = true;
	return true;
}

static void free_backup(struct backup *backup)
{
	stop_destroy(&backup->stop);
	free(backup);
}

enum backup_end backup_stop(struct backup *backup, long patience, bool late[BACKUP_VOLUMES])
{
	struct timespec end = wall_clock_in(patience);
	int left = 0;

	stop_request(&backup->stop);
	for (int i = 0; i < backup->count; i++) {
		struct copy *copy = &backup->copies[i];
		late[i] = !copy->released && !reap_until(copy, &end);
		left += late[i];
	}
	if (left > 0)
		return BACKUP_LATE;
	free_backup(backup);
	return BACKUP_ENDED;
}
