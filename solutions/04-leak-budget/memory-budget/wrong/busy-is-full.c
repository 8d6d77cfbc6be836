/*
 * Wrong. Without patience the lock is tried, and if somebody has it, it is too late.
 *
 * Tempting  a caller that has no patience is not to be kept waiting, not even by a lock.
 * Refused   by a test: half of the room is free, another sheet is got at the same moment, and this one is refused.
 * Promise   at most ROOM KiB are mapped for all sheets, and who gets none is told why.
 * test      fails loses_nothing_at_the_last_moment
 */
#include "sheets.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	long room; /* KiB that no sheet has; guarded by lock */
	layer_map *map;
	layer_unmap *unmap;
} budget = {.lock = PTHREAD_MUTEX_INITIALIZER, .room = ROOM};

void sheets_init(layer_map *map, layer_unmap *unmap)
{
	budget.map = map;
	budget.unmap = unmap;
	deadline_cond_init(&budget.given_back);
}

/* In KiB. The sizes are a client's: a sum that does not fit is never made. */
static long need_of(const struct sheet *sheet)
{
	long kib = 0;

	for (int i = 0; i < sheet->layers; i++) {
		if (sheet->kib[i] > ROOM - kib)
			return ROOM + 1;
		kib += sheet->kib[i];
	}
	return kib;
}

/* Takes that much, or nothing. */
static bool take(long kib, long patience)
{
	struct timespec end = deadline_in(patience);

	if (patience == 0 && pthread_mutex_trylock(&budget.lock) != 0)
		return false;
	if (patience > 0)
		CHECK(pthread_mutex_lock(&budget.lock));
	while (budget.room < kib && deadline_cond_wait(&budget.given_back, &budget.lock, &end))
		;
	bool fits = budget.room >= kib;
	if (fits)
		budget.room -= kib;
	CHECK(pthread_mutex_unlock(&budget.lock));
	return fits;
}

/* Unmaps the first `layers` layers, then gives back the room of all. */
static void give_back(const struct sheet *sheet, int layers)
{
	for (int i = 0; i < layers; i++)
		budget.unmap(sheet->mapped[i]);
	CHECK(pthread_mutex_lock(&budget.lock));
	budget.room += need_of(sheet);
	CHECK(pthread_cond_broadcast(&budget.given_back)); /* it may be enough for several, or for the last alone */
	CHECK(pthread_mutex_unlock(&budget.lock));
}

enum sheet_result sheet_get(struct sheet *sheet, long patience)
{
	long kib = need_of(sheet);

	if (kib > ROOM)
		return SHEET_TOO_LARGE;
	if (!take(kib, patience))
		return SHEET_TOO_LATE;
	for (int i = 0; i < sheet->layers; i++) {
		sheet->mapped[i] = budget.map(sheet->kib[i]);
		if (!sheet->mapped[i]) {
			give_back(sheet, i);
			return SHEET_NOT_MAPPED;
		}
	}
	return SHEET_DONE;
}

void sheet_put(struct sheet *sheet)
{
	give_back(sheet, sheet->layers);
}

void sheets_release(void)
{
	CHECK(pthread_cond_destroy(&budget.given_back));
}
