/* What each event waited for. See events.h. */
#include "events.h"

#include <stdlib.h>

#include "base/mem.h"

static void come_after(struct event *event, size_t other)
{
	event->after = mem_resize(event->after, event->after_count + 1, sizeof *event->after);
	event->after[event->after_count++] = other;
}

/* The first event before `end`, and from `begin` on, of this kind and object. NO_EVENT: there is none. */
static size_t first_of(const struct events *events, size_t begin, size_t end, enum recording_kind kind, uint64_t object)
{
	for (size_t i = begin; i < end; i++)
		if (events->items[i].kind == kind && events->items[i].record->object == object)
			return i;
	return NO_EVENT;
}

static size_t last_of_thread(const struct events *events, size_t end, uint32_t thread)
{
	while (end--)
		if (events->items[end].record->thread == thread)
			return end;
	return NO_EVENT;
}

/* When the thread that reached the point last has ended, or else when it reached it. */
static size_t leaving(const struct events *events, size_t end, uint64_t point)
{
	size_t reached = first_of(events, 0, end, RECORD_REACH, point);

	for (size_t i = reached; reached != NO_EVENT && i < end; i++)
		if (events->items[i].kind == RECORD_END &&
		    events->items[i].record->thread == events->items[reached].record->thread)
			return i;
	return reached;
}

static size_t end_of_thread(const struct events *events, size_t end, uint64_t thread)
{
	for (size_t i = 0; i < end; i++)
		if (events->items[i].kind == RECORD_END && events->items[i].record->thread == thread)
			return i;
	return NO_EVENT;
}

/* The wait that this event ends. */
static size_t wait_of(const struct events *events, size_t go)
{
	for (size_t i = go; i--;)
		if (events->items[i].record->thread == events->items[go].record->thread)
			return event_waits(events->items[i].kind) ? i : NO_EVENT;
	return NO_EVENT;
}

/*
 * A signal ends one wait, a broadcast all that there are: the first since the wait began that has not been used up. What
 * nobody has woken has woken by itself.
 */
static size_t waker(const struct events *events, size_t go, bool *used)
{
	size_t wait = wait_of(events, go);

	for (size_t i = wait; wait != NO_EVENT && i < go; i++) {
		const struct event *event = &events->items[i];
		if (event->record->object != events->items[go].record->object)
			continue;
		if (event->kind == RECORD_BROADCAST)
			return i;
		if (event->kind == RECORD_SIGNAL && !used[i]) {
			used[i] = true;
			return i;
		}
	}
	return NO_EVENT;
}

/* Who had the lock. Without a wait for it nobody had. */
static size_t unlocked_by(const struct events *events, size_t lock)
{
	size_t wait = wait_of(events, lock);

	if (wait == NO_EVENT || events->items[wait].kind != RECORD_LOCK_WAIT)
		return NO_EVENT;
	for (size_t i = lock; i--;) {
		const struct event *event = &events->items[i];
		bool lets_go =
			(event->kind == RECORD_UNLOCK && event->record->object == events->items[lock].record->object) ||
			(event->kind == RECORD_COND_WAIT &&
			 (uint64_t)event->record->value == events->items[lock].record->object);
		if (lets_go && event->record->thread != events->items[lock].record->thread)
			return i;
	}
	return NO_EVENT;
}

/* What was put into the queue, or closed it; a gate that was opened; a stop that was asked for. */
static size_t let_go_by(const struct events *events, size_t go, bool *used)
{
	const struct recording_record *record = events->items[go].record;

	if (record->value == -1)
		return NO_EVENT;
	for (size_t i = 0; i < go && record->value; i++) {
		const struct event *event = &events->items[i];
		if (event->kind == RECORD_KIT_PUT && !used[i] && event->record->object == record->object &&
		    event->record->value == record->value) {
			used[i] = true;
			return i;
		}
	}
	return first_of(events, 0, go, RECORD_KIT_OPEN, record->object);
}

static size_t cause_of(const struct events *events, size_t index, bool *used)
{
	const struct event *event = &events->items[index];

	switch (event->kind) {
	case RECORD_BEGIN:
		return first_of(events, 0, index, RECORD_START, event->record->thread);
	case RECORD_JOIN:
		return end_of_thread(events, index, event->record->object);
	case RECORD_AWAITED:
		return first_of(events, 0, index, RECORD_REACH, event->record->object);
	case RECORD_GONE:
		return leaving(events, index, event->record->object);
	case RECORD_COND_GO:
		return event->record->value ? NO_EVENT : waker(events, index, used);
	case RECORD_LOCK:
		return unlocked_by(events, index);
	case RECORD_KIT_GO:
		return let_go_by(events, index, used);
	default:
		return NO_EVENT;
	}
}

/* All others wait, or have ended: each after what it did last. */
static void come_after_all(struct events *events, size_t index)
{
	for (size_t thread = 0; thread < events->thread_count; thread++) {
		size_t last = last_of_thread(events, index, (uint32_t)thread);
		if (thread != events->items[index].record->thread && last != NO_EVENT)
			come_after(&events->items[index], last);
	}
}

void events_order(struct events *events)
{
	bool *used = mem_zeroed(events->count + 1, sizeof *used);

	for (size_t i = 0; i < events->count; i++) {
		size_t cause = cause_of(events, i, used);
		if (cause != NO_EVENT && events->items[cause].record->thread != events->items[i].record->thread)
			come_after(&events->items[i], cause);
		if (events->items[i].kind == RECORD_BLOCKED)
			come_after_all(events, i);
	}
	free(used);
}
