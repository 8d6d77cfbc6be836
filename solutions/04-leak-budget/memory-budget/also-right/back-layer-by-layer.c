/*
 * Room is taken in one step, and comes back layer by layer, as soon as each is unmapped:
 * a small sheet that waits need not wait for the last layer of a large one.
 *
 * Promise   at most ROOM KiB are mapped for all sheets, and who gets none is told why.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when mapped_kib <= 64, joined == started
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

	CHECK(pthread_mutex_lock(&budget.lock));
	while (budget.room < kib && deadline_cond_wait(&budget.given_back, &budget.lock, &end))
		;
	bool fits = budget.room >= kib;
	if (fits)
		budget.room -= kib;
	CHECK(pthread_mutex_unlock(&budget.lock));
	return fits;
}

static void give(long kib)
{
	CHECK(pthread_mutex_lock(&budget.lock));
	budget.room += kib;
	CHECK(pthread_cond_broadcast(&budget.given_back)); /* it may be enough for several, or for the last alone */
	CHECK(pthread_mutex_unlock(&budget.lock));
}

/* Only the first `layers` are mapped. */
static void give_back(const struct sheet *sheet, int layers)
{
	for (int i = layers; i < sheet->layers; i++)
		give(sheet->kib[i]);
	for (int i = 0; i < layers; i++) {
		budget.unmap(sheet->mapped[i]);
		give(sheet->kib[i]);
	}
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
