/*
 * Wrong. Room is handed on to those that wait, and one whose time is over goes. It does not
 * check whether it was served at that moment.
 *
 * Tempting  the wait has said that the time is over, and what comes after that is too late.
 * Refused   by a test: the room was handed on to it before it had the lock again. It leaves without, and nobody gives back
 *           what nobody knows to have.
 * Promise   at most ROOM KiB are mapped for all sheets, and who gets none is told why.
 * test      fails loses_nothing_at_the_last_moment
 */
#include "sheets.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct waiting {
	struct waiting *next;
	pthread_cond_t served_it;
	long kib;
	bool served;
};

static struct {
	pthread_mutex_t lock;
	/* both guarded by lock */
	long room;		 /* KiB that no sheet has */
	struct waiting *waiting; /* those that do not fit, and all that is in them */
	layer_map *map;
	layer_unmap *unmap;
} budget = {.lock = PTHREAD_MUTEX_INITIALIZER, .room = ROOM};

void sheets_init(layer_map *map, layer_unmap *unmap)
{
	budget.map = map;
	budget.unmap = unmap;
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

/* Needs the lock held. Adds it after all others. */
static void join_the_line(struct waiting *self)
{
	struct waiting **link = &budget.waiting;

	while (*link)
		link = &(*link)->next;
	*link = self;
}

/* Needs the lock held. */
static void leave_the_line(const struct waiting *self)
{
	struct waiting **link = &budget.waiting;

	while (*link != self)
		link = &(*link)->next;
	*link = self->next;
}

/* Needs the lock held. */
static bool wait_for(long kib, const struct timespec *end)
{
	struct waiting self = {.kib = kib};

	deadline_cond_init(&self.served_it);
	join_the_line(&self);
	bool late = false;
	while (!self.served && !late)
		late = !deadline_cond_wait(&self.served_it, &budget.lock, end);
	if (!self.served)
		leave_the_line(&self);
	CHECK(pthread_cond_destroy(&self.served_it));
	return !late;
}

/* Takes that much, or nothing. */
static bool take(long kib, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&budget.lock));
	bool taken = budget.room >= kib;
	if (taken)
		budget.room -= kib;
	else
		taken = wait_for(kib, &end);
	CHECK(pthread_mutex_unlock(&budget.lock));
	return taken;
}

/* Needs the lock held. */
static void serve_the_line(void)
{
	for (struct waiting *waiting = budget.waiting; waiting; waiting = waiting->next) {
		if (waiting->kib > budget.room)
			continue;
		budget.room -= waiting->kib;
		leave_the_line(waiting);
		waiting->served = true;
		CHECK(pthread_cond_signal(&waiting->served_it));
	}
}

/* Unmaps the first `layers` layers, then gives back the room of all. */
static void give_back(const struct sheet *sheet, int layers)
{
	for (int i = 0; i < layers; i++)
		budget.unmap(sheet->mapped[i]);
	CHECK(pthread_mutex_lock(&budget.lock));
	budget.room += need_of(sheet);
	serve_the_line();
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
}
