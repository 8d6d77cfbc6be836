/*
 * Each layer takes its own room, when it is mapped.
 *
 * Tempting  no room is kept for a layer that is not there yet, and the code is a loop over one simple call.
 * Refused   the test: a sheet that waits for its second layer holds its first. Two of them that wait for each other
 *           are a deadlock until the patience of one is over.
 * test      fails holds_nothing_while_it_waits
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
static bool take(long kib, const struct timespec *end)
{
	CHECK(pthread_mutex_lock(&budget.lock));
	while (budget.room < kib && deadline_cond_wait(&budget.given_back, &budget.lock, end))
		;
	bool fits = budget.room >= kib;
	if (fits)
		budget.room -= kib;
	CHECK(pthread_mutex_unlock(&budget.lock));
	return fits;
}

static void give_back(long kib)
{
	CHECK(pthread_mutex_lock(&budget.lock));
	budget.room += kib;
	CHECK(pthread_cond_broadcast(&budget.given_back));
	CHECK(pthread_mutex_unlock(&budget.lock));
}

static void unmap_first(const struct sheet *sheet, int layers)
{
	for (int i = 0; i < layers; i++) {
		budget.unmap(sheet->mapped[i]);
		give_back(sheet->kib[i]);
	}
}

enum sheet_result sheet_get(struct sheet *sheet, long patience)
{
	struct timespec end = deadline_in(patience);

	if (need_of(sheet) > ROOM)
		return SHEET_TOO_LARGE;
	for (int i = 0; i < sheet->layers; i++) {
		if (!take(sheet->kib[i], &end)) {
			unmap_first(sheet, i);
			return SHEET_TOO_LATE;
		}
		sheet->mapped[i] = budget.map(sheet->kib[i]);
		if (!sheet->mapped[i]) {
			give_back(sheet->kib[i]);
			unmap_first(sheet, i);
			return SHEET_NOT_MAPPED;
		}
	}
	return SHEET_DONE;
}

void sheet_put(struct sheet *sheet)
{
	unmap_first(sheet, sheet->layers);
}

void sheets_release(void)
{
	CHECK(pthread_cond_destroy(&budget.given_back));
}
