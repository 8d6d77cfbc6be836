/*
 * Findings of detectors, put into the recording of another run: at the later of
 * the two accesses that a finding names, in the thread that makes it. A bound of
 * the budget is put where it is broken first, or at the program's end.
 *
 * Detectors agree more often than not. Of each the first finding is told that
 * has two accesses and is not about the same event or lines as one before it;
 * one whose other access is not known is told only when nothing else is.
 */
#include "sightings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "events.h"

enum { MOST_TOLD = 3 };

/* --- what a finding names --- */

static const struct frame *own_frame(const struct stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->frames[i].own)
			return &stack->frames[i];
	return NULL;
}

/* The other stacks of a finding tell where a block, a lock or a thread comes from. */
static bool is_other_access(const char *role)
{
	static const char *const words[] = {"Previous ", "a previous ", "Freed by ", " free'd"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(role, words[i]))
			return true;
	return false;
}

struct sighted sighted_of(const struct finding *finding)
{
	struct sighted sighted = {{NULL, NULL}};

	if (finding->stack_count)
		sighted.places[0] = own_frame(&finding->stacks[0]);
	for (size_t i = 1; i < finding->stack_count && !sighted.places[1]; i++)
		if (is_other_access(finding->stacks[i].role))
			sighted.places[1] = own_frame(&finding->stacks[i]);
	return sighted;
}

/* --- where it is in the recording --- */

static bool is_at(const struct event *event, const struct frame *place)
{
	return place && place->file && event->file && event->line == place->line &&
	       strcmp(event->file, place->file) == 0;
}

static bool overlap(const struct event *one, const struct event *other)
{
	uint64_t a = one->record->object, b = other->record->object;
	size_t bytes = event_bytes(one), others = event_bytes(other);

	return bytes && others && a < b + others && b < a + bytes;
}

static bool changes(const struct event *event)
{
	return event->kind != RECORD_READ;
}

/* Orders threads for what only the schedule or the moment orders: to a detector it does not count. */
static bool is_of_luck(enum recording_kind kind)
{
	return kind == RECORD_AWAITED || kind == RECORD_GONE || kind == RECORD_BLOCKED || kind == RECORD_LOCK;
}

/* Whether the later event comes after the earlier one by starts, joins, gates, queues or signals. */
static bool are_ordered(const struct events *events, size_t earlier, size_t later)
{
	bool *after = mem_zeroed(later - earlier + 1, sizeof *after);
	bool *threads = mem_zeroed(events->thread_count + 1, sizeof *threads);

	threads[events->items[earlier].record->thread] = after[0] = true;
	for (size_t i = earlier + 1; i <= later; i++) {
		const struct event *event = &events->items[i];
		bool is = threads[event->record->thread];
		for (size_t j = 0; j < event->after_count && !is; j++)
			is = !is_of_luck(event->kind) && event->after[j] >= earlier && after[event->after[j] - earlier];
		threads[event->record->thread] = after[i - earlier] = is;
	}
	bool ordered = after[later - earlier];
	free(after);
	free(threads);
	return ordered;
}

/*
 * The last access at `place` before the event that nothing but time keeps from it, by another thread or by free(). Of threads
 * that do the same by the one that was started last: which of them was last at this place is luck. `race`: nothing orders it.
 */
static size_t other_access(const struct events *events, size_t index, const struct frame *place, bool race)
{
	const struct event *event = &events->items[index];
	size_t found = NO_EVENT;

	for (size_t i = index; i--;) {
		const struct event *other = &events->items[i];
		if (is_at(other, place) && overlap(other, event) && (changes(other) || changes(event)) &&
		    (other->record->thread != event->record->thread || (!race && other->kind == RECORD_FREE)) &&
		    (found == NO_EVENT || other->record->thread > events->items[found].record->thread) &&
		    (!race || !are_ordered(events, i, index)))
			found = i;
	}
	return found;
}

/* The first pair of accesses at these places, the later one at `later` and by this thread. */
static struct told find_pair_of(const struct events *events, size_t thread, const struct frame *later,
				const struct frame *earlier, bool race)
{
	struct told told = {.at = NO_EVENT, .after = NO_EVENT};

	for (size_t i = 0; i < events->count && told.at == NO_EVENT; i++) {
		if (events->items[i].record->thread != thread || !is_at(&events->items[i], later))
			continue;
		told.after = other_access(events, i, earlier, race);
		if (told.after != NO_EVENT)
			told.at = i;
	}
	return told;
}

/* Of threads that do the same the one that was started last here too. */
static struct told find_pair(const struct events *events, const struct frame *later, const struct frame *earlier,
			     bool race)
{
	struct told told = {.at = NO_EVENT, .after = NO_EVENT};

	for (size_t i = events->thread_count; i-- && told.at == NO_EVENT;)
		told = find_pair_of(events, i, later, earlier, race);
	return told;
}

static bool is_told_at(const struct events *events, size_t event)
{
	for (size_t i = 0; i < events->told_count; i++)
		if (events->told[i].at == event)
			return true;
	return false;
}

static bool same_line(const struct events *events, size_t one, size_t other)
{
	const struct event *a = &events->items[one], *b = &events->items[other];

	return a->line == b->line && a->file && b->file && strcmp(a->file, b->file) == 0;
}

/* Whether a finding about the same two lines is told of, whichever of them came later. */
static bool is_told_of_lines(const struct events *events, struct told told)
{
	for (size_t i = 0; i < events->told_count && told.after != NO_EVENT; i++) {
		const struct told *other = &events->told[i];
		if (other->after != NO_EVENT &&
		    ((same_line(events, other->at, told.at) && same_line(events, other->after, told.after)) ||
		     (same_line(events, other->at, told.after) && same_line(events, other->after, told.at))))
			return true;
	}
	return false;
}

static void tell(struct events *events, const struct sighting *sighting, struct told told)
{
	told.kind = sighting->finding->kind;
	told.detector = sighting->detector->name;
	events->told = mem_resize(events->told, events->told_count + 1, sizeof *events->told);
	events->told[events->told_count++] = told;
	events->items[told.at].shown = true;
	if (told.after != NO_EVENT)
		events->items[told.after].shown = true;
}

/* --- the budget's --- */

static size_t first_at_exit(const struct events *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (events->items[i].kind == RECORD_EXIT)
			return i;
	return NO_EVENT;
}

/* "... does not hold: 5 against 4 ...": the gauge's value when it was broken first. */
static long long broken_value(const struct finding *finding)
{
	static const char before[] = "does not hold: ";
	const char *words = finding->words ? strstr(finding->words, before) : NULL;

	return words ? strtoll(words + strlen(before), NULL, 10) : -1;
}

static size_t broken_at(const struct events *events, const struct finding *finding)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->items[i];
		const char *thread =
			events->threads[event->record->object < events->thread_count ? event->record->object : 0];
		if (event->kind == RECORD_GAUGE && strcmp(event->record->name, finding->kind) == 0 &&
		    event->value == broken_value(finding))
			return i;
		if (event->kind == RECORD_DETACH && strcmp(finding->kind, "detached") == 0 &&
		    strcmp(thread, finding->function) == 0)
			return i;
	}
	return first_at_exit(events);
}

/* --- all of them --- */

/* Whether one more of this detector is worth telling. */
static bool is_new(const struct events *events, const struct sighting *sighting, size_t at)
{
	for (size_t i = 0; i < events->told_count; i++)
		if (strcmp(events->told[i].detector, sighting->detector->name) == 0)
			return false;
	return at != NO_EVENT && !is_told_at(events, at) && events->told_count < MOST_TOLD;
}

static void place_pair(struct events *events, const struct sighting *sighting)
{
	struct sighted sighted = sighted_of(sighting->finding);
	struct told told = {.at = NO_EVENT, .after = NO_EVENT};

	for (int round = 0; round < 4 && told.at == NO_EVENT; round++)
		told = find_pair(events, sighted.places[round % 2], sighted.places[1 - round % 2], round < 2);
	if (is_new(events, sighting, told.at) && !is_told_of_lines(events, told))
		tell(events, sighting, told);
}

static void place_single(struct events *events, const struct sighting *sighting)
{
	struct sighted sighted = sighted_of(sighting->finding);
	size_t found = NO_EVENT;

	for (size_t i = 0; i < events->count && !events->told_count; i++)
		if (is_at(&events->items[i], sighted.places[0]) && event_bytes(&events->items[i]) &&
		    (found == NO_EVENT || events->items[i].record->thread > events->items[found].record->thread))
			found = i;
	if (found != NO_EVENT)
		tell(events, sighting, (struct told){.at = found, .after = NO_EVENT});
}

static void place_bound(struct events *events, const struct sighting *sighting)
{
	size_t at = broken_at(events, sighting->finding);

	if (is_new(events, sighting, at))
		tell(events, sighting, (struct told){.at = at, .after = NO_EVENT});
}

void events_place_sightings(struct events *events)
{
	const struct run *run = events->run;

	for (size_t i = 0; i < run->sighting_count; i++)
		if (!run->sightings[i].detector->bounded)
			place_pair(events, &run->sightings[i]);
	for (size_t i = 0; i < run->sighting_count; i++)
		if (!run->sightings[i].detector->bounded)
			place_single(events, &run->sightings[i]);
	for (size_t i = 0; i < run->sighting_count; i++)
		if (run->sightings[i].detector->bounded)
			place_bound(events, &run->sightings[i]);
	if (run->sighting_count && !events->told_count && !events->lost)
		events->lost = mem_copy("the findings: none of them was seen again in this run");
}
