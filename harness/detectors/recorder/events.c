/* Records as events. See events.h. */
#include "events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { INLINED = 8 };

/* --- where in the source --- */

struct place {
	uint64_t pc;
	const char *file, *in;
	int line;
	bool own;
};

/* Of few different addresses there are many records. */
struct places {
	struct place *items;
	size_t count;
};

static const struct place *place_of(struct events *events, struct places *places, uint64_t pc)
{
	struct code_place code[INLINED];

	for (size_t i = 0; i < places->count; i++)
		if (places->items[i].pc == pc)
			return &places->items[i];
	places->items = mem_resize(places->items, places->count + 1, sizeof *places->items);
	struct place *place = &places->items[places->count++];
	*place = (struct place){.pc = pc};
	/* A return address can be past the end of the line. */
	size_t found = symbolizer_code(events->symbolizer, pc - 1, code, INLINED);
	for (size_t i = 0; i < found && !place->own; i++)
		if (run_owns(events->run, code[i].file))
			*place = (struct place){pc, code[i].file, code[i].function, code[i].line, true};
	return place;
}

static void find_place(struct events *events, struct places *places, struct event *event)
{
	for (int i = 0; i < RECORDING_FRAMES && event->record->frames[i]; i++) {
		const struct place *place = place_of(events, places, event->record->frames[i]);
		if (place->own) {
			event->file = place->file;
			event->line = place->line;
			event->in = place->in;
			return;
		}
	}
}

/* --- threads --- */

static void add_thread(struct events *events, size_t thread, const char *routine)
{
	size_t alike = 1, length = strlen(routine);

	for (size_t i = 0; i < events->thread_count; i++)
		alike += events->threads[i] && strncmp(events->threads[i], routine, length) == 0 &&
			 (events->threads[i][length] == '\0' || events->threads[i][length] == ' ');
	events->threads[thread] = alike > 1 ? mem_format("%s %zu", routine, alike) : mem_copy(routine);
}

static void name_threads(struct events *events)
{
	add_thread(events, 0, "main");
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->items[i];
		struct code_place place = {0};
		if (event->kind != RECORD_START || event->record->object >= events->thread_count ||
		    events->threads[event->record->object])
			continue;
		symbolizer_code(events->symbolizer, (uint64_t)event->record->value, &place, 1);
		add_thread(events, event->record->object, place.function ? place.function : "thread");
	}
	for (size_t i = 0; i < events->thread_count; i++)
		if (!events->threads[i])
			add_thread(events, i, "a library's thread");
}

/* --- reading --- */

static bool is_whole(const struct recording_record *record, size_t threads)
{
	static const bool of_thread[RECORD_KINDS] = {[RECORD_START] = true,
						     [RECORD_START_FAILED] = true,
						     [RECORD_JOIN_WAIT] = true,
						     [RECORD_JOIN] = true,
						     [RECORD_DETACH] = true};

	return record->kind != RECORD_NONE && record->kind < RECORD_KINDS && record->thread < threads &&
	       (!of_thread[record->kind] || record->object < threads);
}

/* A thread that could not be started has never been. */
static bool has_failed(const struct recording *recording, size_t count, const struct recording_record *start)
{
	for (size_t i = (size_t)(start - recording->records); i < count; i++)
		if (recording->records[i].kind == RECORD_START_FAILED && recording->records[i].object == start->object)
			return true;
	return false;
}

static void read_records(struct events *events, const struct recording *recording)
{
	size_t count = recording->next < RECORDING_RECORDS ? recording->next : RECORDING_RECORDS;
	bool ended = false;

	events->items = mem_zeroed(count + 1, sizeof *events->items);
	/* What other threads did once main() had returned is luck. */
	for (size_t i = 0; i < count && !ended; i++) {
		const struct recording_record *record = &recording->records[i];
		if (!is_whole(record, events->thread_count) || record->kind == RECORD_START_FAILED ||
		    (record->kind == RECORD_START && has_failed(recording, count, record)))
			continue;
		ended = record->kind == RECORD_EXIT;
		events->items[events->count++] =
			(struct event){.record = record,
				       .kind = (enum recording_kind)record->kind,
				       .shown = record->kind != RECORD_READ && record->kind != RECORD_WRITE};
	}
}

/* What is added to a gauge, as what it becomes. */
static void sum_gauges(struct events *events)
{
	for (size_t i = 0; i < events->count; i++) {
		struct event *event = &events->items[i];
		if (event->kind != RECORD_GAUGE && event->kind != RECORD_GAUGE_ADD)
			continue;
		event->value = event->record->value;
		for (size_t j = i; event->kind == RECORD_GAUGE_ADD && j--;)
			if (events->items[j].kind == RECORD_GAUGE &&
			    strncmp(events->items[j].record->name, event->record->name, RECORDING_NAME) == 0) {
				event->value += events->items[j].value;
				break;
			}
		event->kind = RECORD_GAUGE;
	}
}

bool events_read(struct events *events, const struct recording *recording, size_t size, const struct run *run)
{
	struct places places = {0};

	*events = (struct events){.run = run};
	if (size < sizeof *recording || recording->magic != RECORDING_MAGIC ||
	    recording->maps_length >= RECORDING_MAPS || recording->threads > RECORDING_THREADS)
		return false;
	events->maps = mem_copy_n(recording->maps, recording->maps_length);
	events->symbolizer = symbolizer_open(events->maps);
	events->thread_count = recording->threads;
	events->threads = mem_zeroed(events->thread_count + 1, sizeof *events->threads);
	read_records(events, recording);
	for (size_t i = 0; i < events->count; i++)
		find_place(events, &places, &events->items[i]);
	free(places.items);
	sum_gauges(events);
	name_threads(events);
	if (recording->next > RECORDING_RECORDS)
		events->lost = mem_format("%lu steps after the first %d",
					  (unsigned long)recording->next - RECORDING_RECORDS, RECORDING_RECORDS);
	else if (recording->accesses > RECORDING_ACCESSES)
		events->lost = mem_format("%lu accesses after the first %d",
					  (unsigned long)recording->accesses - RECORDING_ACCESSES, RECORDING_ACCESSES);
	return true;
}

void events_release(struct events *events)
{
	for (size_t i = 0; i < events->count; i++) {
		free(events->items[i].on);
		free(events->items[i].after);
	}
	for (size_t i = 0; i < events->thread_count; i++)
		free(events->threads[i]);
	free(events->threads);
	free(events->items);
	free(events->told);
	free(events->lost);
	if (events->symbolizer)
		symbolizer_close(events->symbolizer);
	free(events->maps);
	*events = (struct events){0};
}

/* --- what an event is --- */

size_t event_bytes(const struct event *event)
{
	switch (event->kind) {
	case RECORD_ALLOC:
	case RECORD_FREE:
	case RECORD_READ:
	case RECORD_WRITE:
		return (size_t)event->record->value;
	case RECORD_LOCK_WAIT:
	case RECORD_LOCK:
	case RECORD_UNLOCK:
		return sizeof(pthread_mutex_t);
	case RECORD_COND_WAIT:
	case RECORD_COND_GO:
	case RECORD_SIGNAL:
	case RECORD_BROADCAST:
		return sizeof(pthread_cond_t);
	default:
		return 0;
	}
}

/* What ends a wait of each kind. */
static const enum recording_kind ends[RECORD_KINDS] = {
	[RECORD_JOIN_WAIT] = RECORD_JOIN,	[RECORD_LOCK_WAIT] = RECORD_LOCK, [RECORD_COND_WAIT] = RECORD_COND_GO,
	[RECORD_AWAIT] = RECORD_AWAITED,	[RECORD_GONE_WAIT] = RECORD_GONE, [RECORD_KIT_WAIT] = RECORD_KIT_GO,
	[RECORD_BLOCKED_WAIT] = RECORD_BLOCKED,
};

bool event_waits(enum recording_kind kind)
{
	return ends[kind] != RECORD_NONE;
}

/* A thread does nothing else while it waits; a signal's handler might. */
size_t events_end_of_wait(const struct events *events, size_t wait)
{
	const struct recording_record *record = events->items[wait].record;

	for (size_t i = wait + 1; i < events->count; i++)
		if (events->items[i].record->thread == record->thread &&
		    events->items[i].kind == ends[events->items[wait].kind] &&
		    events->items[i].record->object == record->object)
			return i;
	return NO_EVENT;
}
