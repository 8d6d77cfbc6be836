/*
 * Four sheets at a time, of 16 KiB each: that is what the server was planned for.
 *
 * Tempting  a limit that is a number of things needs no sizes, and the average map has 16 KiB.
 * Refused   the test and the budget: the client decides how large a sheet is, and four of them can be of any size. What
 *           is bounded is a count.
 * test      fails has_so_much_room, counts_what_is_under_way, waits_for_room, loses_its_patience,
 *           holds_nothing_while_it_waits, loses_nothing_by_a_failure, gives_the_same_room_once,
 *           loses_nothing_at_the_last_moment
 * budget    fires mapped_kib in account when mapped_kib <= 64, joined == started
 */
#include "sheets.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/deadline.h"

enum { SHEETS = 4 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	int room; /* sheets that there may be yet; guarded by lock */
	layer_map *map;
	layer_unmap *unmap;
} budget = {.lock = PTHREAD_MUTEX_INITIALIZER, .room = SHEETS};

void sheets_init(layer_map *map, layer_unmap *unmap)
{
	budget.map = map;
	budget.unmap = unmap;
	deadline_cond_init(&budget.given_back);
}

/* A place for one sheet. */
static bool take(long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&budget.lock));
	while (budget.room == 0 && deadline_cond_wait(&budget.given_back, &budget.lock, &end))
		;
	bool fits = budget.room > 0;
	if (fits)
		budget.room--;
	CHECK(pthread_mutex_unlock(&budget.lock));
	return fits;
}

/* Unmaps the first `layers` layers, then gives back the place. */
static void give_back(const struct sheet *sheet, int layers)
{
	for (int i = 0; i < layers; i++)
		budget.unmap(sheet->mapped[i]);
	CHECK(pthread_mutex_lock(&budget.lock));
	budget.room++;
	CHECK(pthread_cond_broadcast(&budget.given_back)); /* it may be enough for several, or for the last alone */
	CHECK(pthread_mutex_unlock(&budget.lock));
}

enum sheet_result sheet_get(struct sheet *sheet, long patience)
{
	for (int i = 0; i < sheet->layers; i++)
		if (sheet->kib[i] > ROOM)
			return SHEET_TOO_LARGE;
	if (!take(patience))
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
