/*
 * What the monitor knows of each thread, and of each place that starts threads;
 * and the events in a thread's life. All in a section. See monitor.h.
 */
#define _GNU_SOURCE /* monitor.h */
#include "monitor.h"

#include <string.h>
#include <sys/mman.h>

#include "runtime/raw.h"

enum { CHUNK = 1 << 12 };

/* --- records --- */

struct thread *record_new(void)
{
	struct thread *record = state->spare;

	if (!record) {
		struct thread *chunk =
			(void *)RAW(mmap, NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if ((unsigned long)chunk >= -4095UL)
			return NULL;
		for (size_t i = 0; i < CHUNK / sizeof *chunk; i++) {
			chunk[i].next = state->spare;
			state->spare = &chunk[i];
		}
		record = state->spare;
	}
	state->spare = record->next;
	*record = (struct thread){.pid = state->pid};
	return record;
}

void record_free(struct thread *record)
{
	record->next = state->spare;
	state->spare = record;
}

static struct thread **slot_of(pthread_t id)
{
	/* Handles are addresses of blocks that are aligned alike. */
	return &state->known[(id >> 12 ^ id >> 23) % (sizeof state->known / sizeof *state->known)];
}

/* The youngest of this id: an older one has ended, and its id was used again. */
struct thread *record_of(pthread_t id)
{
	struct thread *record = *slot_of(id);

	while (record && record->id != id)
		record = record->next;
	return record;
}

void record_make_known(struct thread *record, pthread_t id)
{
	struct thread **slot = slot_of(id);

	record->id = id;
	record->known = true;
	record->next = *slot;
	*slot = record;
}

/* Once nobody will ask for it any more. */
void record_drop_if_over(struct thread *record)
{
	struct thread **slot = slot_of(record->id);

	if (!record->created || !record->ended || record->joiners || !(record->joined || record->detached))
		return;
	if (*slot == record)
		*slot = record->next;
	for (struct thread *at = *slot; at; at = at->next)
		if (at->next == record)
			at->next = record->next;
	record_free(record);
}

/* --- sites --- */

struct site *site_of(uintptr_t routine, const struct trace *trace)
{
	for (size_t i = 0; i < state->site_count; i++) {
		struct site *site = &state->sites[i];
		if (site->routine == routine && site->trace.count == trace->count &&
		    memcmp(site->trace.pcs, trace->pcs, trace->count * sizeof *trace->pcs) == 0)
			return site;
	}
	/* The last one is for all that have no place. */
	if (state->site_count == MAX_SITES)
		return &state->sites[MAX_SITES - 1];
	struct site *site = &state->sites[state->site_count++];
	if (state->site_count < MAX_SITES)
		*site = (struct site){.routine = routine, .trace = *trace};
	return site;
}

void sites_freeze(void)
{
	for (size_t i = 0; i < state->site_count; i++)
		state->sites[i].at_exit = state->sites[i].now;
}

/* --- events --- */

void count_start(struct thread *record)
{
	const struct where where = {.trace = &record->site->trace};

	figures_begin_event();
	state->figures[THREADS].now++;
	state->figures[STARTED].now++;
	state->figures[DETACHED].now += record->detached;
	record->site->started++;
	record->site->now.live++;
	record->site->now.detached += record->detached;
	figures_end_event(&where);
}

void count_end(struct thread *record)
{
	figures_begin_event();
	state->figures[THREADS].now--;
	record->site->now.live--;
	record->ended = true;
	if (!record->detached) {
		state->figures[UNJOINED].now++;
		record->site->now.unjoined++;
	}
	figures_end_event(NULL);
}

void count_main_end(void)
{
	figures_begin_event();
	state->figures[THREADS].now--;
	figures_end_event(NULL);
}

void count_detached(struct thread *record, int by)
{
	figures_begin_event();
	record->detached = by > 0;
	state->figures[DETACHED].now += by;
	record->site->now.detached += by;
	if (record->ended) {
		state->figures[UNJOINED].now -= by;
		record->site->now.unjoined -= by;
	}
	figures_end_event(NULL);
}

void count_joined(struct thread *record)
{
	/* It left in a way that passed us by. */
	if (!record->ended)
		count_end(record);
	figures_begin_event();
	record->joined = true;
	state->figures[JOINED].now++;
	state->figures[UNJOINED].now--;
	record->site->now.joined++;
	record->site->now.unjoined--;
	figures_end_event(NULL);
}
