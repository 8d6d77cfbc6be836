/*
 * A thread that has ended says so in a pipe, and backup_stop() waits there with poll(),
 * for the time that is left. What it has read it joins. A number that comes too late for
 * this call stays in the pipe, for the next.
 *
 * Promise   backup_stop() returns when its patience is over, and takes nothing from a thread that runs.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started, descriptors at exit <= start
 */
#include "backup.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct backup {
	struct stop stop;
	int ended[2]; /* a pipe: each thread writes its number, as the last that it does */
	int count;    /* of copies[]; does not change */
	int left;     /* that are not released; only touched by backup_stop() */
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
	struct backup *backup = copy->backup;
	unsigned char number = (unsigned char)(copy - backup->copies);

	copy->volume->copy(copy->volume, &backup->stop);
	while (write(backup->ended[1], &number, 1) != 1)
		REQUIRE(errno == EINTR);
	return NULL;
}

struct backup *backup_start(struct volume *const volumes[], int count)
{
	struct backup *backup = calloc(1, sizeof *backup);

	HAVE(backup);
	stop_init(&backup->stop);
	HAVE(pipe(backup->ended) == 0);
	backup->count = count;
	backup->left = count;
	for (int i = 0; i < count; i++) {
		struct copy *copy = &backup->copies[i];
		copy->volume = volumes[i];
		copy->backup = backup;
		NEED(pthread_create(&copy->thread, NULL, run, copy));
	}
	return backup;
}

/* What is left until the end, in ms, rounded up: a wait that is too short would not be the last. */
static int time_until(const struct timespec *end)
{
	struct timespec now = deadline_in(0);
	long left = (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec + 999999) / 1000000;

	return left > 0 ? (int)left : 0;
}

/* Waits until a thread has nothing to do any more but to end, and joins it. False when the time has come first. */
static bool reap_one(struct backup *backup, const struct timespec *end)
{
	struct pollfd ended = {.fd = backup->ended[0], .events = POLLIN};
	unsigned char number;
	int ready;

	while ((ready = poll(&ended, 1, time_until(end))) < 0)
		REQUIRE(errno == EINTR);
	if (ready == 0)
		return false;
	while (read(backup->ended[0], &number, 1) != 1)
		REQUIRE(errno == EINTR);
	struct copy *copy = &backup->copies[number];
	CHECK(pthread_join(copy->thread, NULL));
	copy->volume->release(copy->volume);
	copy->released = true;
	backup->left--;
	return true;
}

static void free_backup(struct backup *backup)
{
	close(backup->ended[0]);
	close(backup->ended[1]);
	stop_destroy(&backup->stop);
	free(backup);
}

enum backup_end backup_stop(struct backup *backup, long patience, bool late[BACKUP_VOLUMES])
{
	struct timespec end = deadline_in(patience);

	stop_request(&backup->stop);
	while (backup->left > 0 && reap_one(backup, &end))
		;
	for (int i = 0; i < backup->count; i++)
		late[i] = !backup->copies[i].released;
	if (backup->left > 0)
		return BACKUP_LATE;
	free_backup(backup);
	return BACKUP_ENDED;
}
