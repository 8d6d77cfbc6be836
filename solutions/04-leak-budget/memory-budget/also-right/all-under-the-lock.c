/*
 * Room and memory change in one step, under one lock, so that there is no state
 * between them to think about. The price: while the machine maps a layer, nobody
 * else gets as much as a "no".
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

/* Needs the lock held. Whether there is that much room, after a wait. */
static bool await_room(long kib, long patience)
{
	struct timespec end = deadline_in(patience);

	while (budget.room < kib && deadline_cond_wait(&budget.given_back, &budget.lock, &end))
		;
	return budget.room >= kib;
}

/* Needs the lock held. Unmaps the first `layers` layers, then gives back the room of all. */
static void give_back(const struct sheet *sheet, int layers)
{
	for (int i = 0; i < layers; i++)
		budget.unmap(sheet->mapped[i]);
	budget.room += need_of(sheet);
	CHECK(pthread_cond_broadcast(&budget.given_back));
}

/* Needs the lock held, and the room. */
static enum sheet_result map_all(struct sheet *sheet)
{
	budget.room -= need_of(sheet);
	for (int i = 0; i < sheet->layers; i++) {
		sheet->mapped[i] = budget.map(sheet->kib[i]);
		if (!sheet->mapped[i]) {
			give_back(sheet, i);
			return SHEET_NOT_MAPPED;
		}
	}
	return SHEET_DONE;
}

enum sheet_result sheet_get(struct sheet *sheet, long patience)
{
	if (need_of(sheet) > ROOM)
		return SHEET_TOO_LARGE;
	CHECK(pthread_mutex_lock(&budget.lock));
	bool fits = await_room(need_of(sheet), patience);
	enum sheet_result result = fits ? map_all(sheet) : SHEET_TOO_LATE;
	CHECK(pthread_mutex_unlock(&budget.lock));
	return result;
}

void sheet_put(struct sheet *sheet)
{
	CHECK(pthread_mutex_lock(&budget.lock));
	give_back(sheet, sheet->layers);
	CHECK(pthread_mutex_unlock(&budget.lock));
}

void sheets_release(void)
{
	CHECK(pthread_cond_destroy(&budget.given_back));
}
