/*
 * A vet's practice converts the weights of its animals from pounds to kilograms,
 * and makes a backup first, in a thread. backup_start() returns nothing, as it
 * did when it had no thread. The conversion is then taken back.
 *
 * Promise   when a backup is restored, each animal has the weight that it had when the backup was asked for.
 * Ends      broken: animals 6, restored with another weight 3
 * tsan      fires  data-race in convert, data-race in restore
 * helgrind  fires  Race in convert, Race in copy_all, Race in restore
 * drd       fires  ConflictingAccess in convert, ConflictingAccess in copy_all, ConflictingAccess in restore
 * memcheck  blind  all memory is alive and every weight has a value, half of them in the wrong unit
 * budget    fires  joined in copy_all when joined == started
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
	struct practice *practice = arg;
	int copied = 0;

	while (copied < ANIMALS && disk_write(copied, practice->weights[copied]))
		copied++;
	schedule_reached(COPY_ENDED);
	/* The backup is whole, or it is not: it is known here, and no caller can be told from here. */
	return NULL;
}

static void backup_start(struct practice *practice)
{
	pthread_t copier;

	NEED(pthread_create(&copier, NULL, copy_all, practice));
	CHECK(pthread_detach(copier));
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
	backup_start(&practice);
	schedule_await(HALF_COPIED);
	convert(&practice);
	schedule_reached(DISK_GOES_ON);
	schedule_await(COPY_ENDED);
	restore(&practice);
	for (int i = 0; i < ANIMALS; i++)
		wrong += practice.weights[i] != pounds[i];
	return invariant(wrong == 0, "animals %d, restored with another weight %d", ANIMALS, wrong);
}
