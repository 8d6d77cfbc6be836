/*
 * A vet's practice converts the weights of its animals from pounds to kilograms,
 * and makes a backup first, in a thread. backup_start() returns a handle, and
 * backup_wait() says whether the backup is whole. Only then is anything changed.
 *
 * Promise   when a backup is restored, each animal has the weight that it had when the backup was asked for.
 * Ends      holds: animals 6, restored with another weight 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { ANIMALS = 6, HALF = ANIMALS / 2, DISK_ROOM = 6 };
enum { HALF_COPIED, DISK_GOES_ON, COPY_ENDED };

static const long pounds[ANIMALS] = {66, 11, 9, 88, 13, 70};

struct practice {
	long weights[ANIMALS]; /* of the thread that works with them, one at a time: needs no lock */
};

enum outcome { BACKUP_WHOLE, BACKUP_FAILED };

struct backup {
	pthread_t copier;
	struct practice *practice;
	enum outcome outcome; /* of the copier until it has been joined */
};

static long disk[ANIMALS]; /* the backup; of the thread that makes or restores it */

/* False when the disk is full. After the third weight it takes a moment. */
static bool disk_write(int animal, long weight)
{
	if (animal >= DISK_ROOM)
		return false;
	disk[animal] = weight;
	if (animal + 1 == HALF) {
		schedule_reached(HALF_COPIED);
		schedule_await(DISK_GOES_ON);
	}
	return true;
}

static void *copy_all(void *arg)
{
	struct backup *backup = arg;
	struct practice *practice = backup->practice;
	int copied = 0;

	while (copied < ANIMALS && disk_write(copied, practice->weights[copied]))
		copied++;
	schedule_reached(COPY_ENDED);
	backup->outcome = copied == ANIMALS ? BACKUP_WHOLE : BACKUP_FAILED;
	return NULL;
}

/* Until backup_wait() has returned, no thread changes the practice. The compiler warns if the handle is dropped. */
__attribute__((warn_unused_result)) static struct backup *backup_start(struct practice *practice)
{
	struct backup *backup = malloc(sizeof *backup);

	HAVE(backup);
	*backup = (struct backup){.practice = practice, .outcome = BACKUP_FAILED};
	NEED(pthread_create(&backup->copier, NULL, copy_all, backup));
	return backup;
}

__attribute__((warn_unused_result)) static enum outcome backup_wait(struct backup *backup)
{
	CHECK(pthread_join(backup->copier, NULL));
	enum outcome outcome = backup->outcome;
	free(backup);
	return outcome;
}

static void convert(struct practice *practice)
{
	for (int i = 0; i < ANIMALS; i++)
		practice->weights[i] = (practice->weights[i] * 4536 + 5000) / 10000;
}

static void restore(struct practice *practice)
{
	for (int i = 0; i < ANIMALS; i++)
		practice->weights[i] = disk[i];
}

int main(void)
{
	static struct practice practice;
	int wrong = 0;

	for (int i = 0; i < ANIMALS; i++)
		practice.weights[i] = pounds[i];
	struct backup *backup = backup_start(&practice);
	schedule_await(HALF_COPIED);
	schedule_reached(DISK_GOES_ON);
	if (backup_wait(backup) == BACKUP_WHOLE) {
		convert(&practice);
		restore(&practice);
	}
	for (int i = 0; i < ANIMALS; i++)
		wrong += practice.weights[i] != pounds[i];
	return invariant(wrong == 0, "animals %d, restored with another weight %d", ANIMALS, wrong);
}
