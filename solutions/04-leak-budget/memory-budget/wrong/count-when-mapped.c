/*
 * sheet_get() checks whether there is room, maps the layers, and counts them.
 *
 * Tempting  what is mapped is counted when it is mapped, and a failure needs no repair: it was never counted.
 * Refused   the test and the budget: to map takes long, and every thread that looks meanwhile finds the same room
 *           free.
 * test      fails counts_what_is_under_way, loses_nothing_by_a_failure, gives_the_same_room_once
 * budget    fires mapped_kib in account when mapped_kib <= 64, joined == started
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

/* Whether there is that much. */
static bool await_room(long kib, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&budget.lock));
	while (budget.room < kib && deadline_cond_wait(&budget.given_back, &budget.lock, &end))
		;
	bool fits = budget.room >= kib;
	CHECK(pthread_mutex_unlock(&budget.lock));
	return fits;
}

static void change_room(long kib)
{
	CHECK(pthread_mutex_lock(&budget.lock));
	budget.room += kib;
	CHECK(pthread_cond_broadcast(&budget.given_back));
	CHECK(pthread_mutex_unlock(&budget.lock));
}

static void unmap_first(const struct sheet *sheet, int layers)
{
	for (int i = 0; i < layers; i++)
		budget.unmap(sheet->mapped[i]);
}

enum sheet_result sheet_get(struct sheet *sheet, long patience)
{
	long kib = need_of(sheet);

	if (kib > ROOM)
		return SHEET_TOO_LARGE;
	if (!await_room(kib, patience))
		return SHEET_TOO_LATE;
	for (int i = 0; i < sheet->layers; i++) {
		sheet->mapped[i] = budget.map(sheet->kib[i]);
		if (!sheet->mapped[i]) {
			unmap_first(sheet, i);
			return SHEET_NOT_MAPPED;
		}
	}
	change_room(-kib);
	return SHEET_DONE;
}

void sheet_put(struct sheet *sheet)
{
	unmap_first(sheet, sheet->layers);
	change_room(need_of(sheet));
}

void sheets_release(void)
{
	CHECK(pthread_cond_destroy(&budget.given_back));
}
