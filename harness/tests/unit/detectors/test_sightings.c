/* Where a finding of one run is put into the recording of another. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "detectors/recorder/events.h"
#include "detectors/recorder/sightings.h"

enum { WRITES = 18, READS = 46, FIELD = 4096, MOST = 16 };

/* A recording that is made by hand. */
struct made {
	struct recording_record records[MOST];
	struct findings findings;
	struct sighting sightings[2];
	struct run run;
	struct events events;
};

static void begin(struct made *made)
{
	*made = (struct made){0};
	made->events.run = &made->run;
	made->events.thread_count = 3;
	made->events.items = mem_zeroed(MOST, sizeof *made->events.items);
}

static size_t add(struct made *made, uint32_t thread, enum recording_kind kind, int line)
{
	size_t index = made->events.count++;
	struct event *event = &made->events.items[index];

	made->records[index] = (struct recording_record){.thread = thread, .object = FIELD, .value = sizeof(int)};
	event->record = &made->records[index];
	event->kind = kind;
	event->file = line ? "/p/broken.c" : NULL;
	event->line = line;
	return index;
}

static void come_after(struct made *made, size_t event, size_t other)
{
	made->events.items[event].after = mem_zeroed(1, sizeof(size_t));
	made->events.items[event].after[0] = other;
	made->events.items[event].after_count = 1;
}

/* Main starts both others, which begin. */
static void start_both(struct made *made)
{
	for (uint32_t thread = 1; thread <= 2; thread++) {
		size_t start = add(made, 0, RECORD_START, 0);
		come_after(made, add(made, thread, RECORD_BEGIN, 0), start);
	}
}

/* Two findings about the same two lines, each with the other one first, of two detectors. */
static void place(struct made *made)
{
	static const struct detector one = {.name = "one"}, other = {.name = "other"};

	for (int i = 0; i < 2; i++) {
		struct finding *finding = findings_add(&made->findings, "data-race");
		stack_add_frame(finding_add_stack(finding, "Read"), "f", "/p/broken.c", i ? WRITES : READS, true);
		stack_add_frame(finding_add_stack(finding, "Previous write"), "f", "/p/broken.c", i ? READS : WRITES,
				true);
	}
	for (int i = 0; i < 2; i++)
		made->sightings[i] = (struct sighting){i ? &other : &one, &made->findings.items[i]};
	made->run.sightings = made->sightings;
	made->run.sighting_count = 2;
	events_place_sightings(&made->events);
}

static void end(struct made *made)
{
	for (size_t i = 0; i < made->events.count; i++)
		free(made->events.items[i].after);
	free(made->events.items);
	free(made->events.told);
	free(made->events.lost);
	findings_release(&made->findings);
}

/* The write before the start is not half of the race, though the detector saw the read as the later one. */
Test(sightings, are_put_where_nothing_orders_the_two)
{
	struct made made;

	begin(&made);
	add(&made, 0, RECORD_WRITE, WRITES);
	start_both(&made);
	size_t read = add(&made, 1, RECORD_READ, READS), write = add(&made, 0, RECORD_WRITE, WRITES);
	place(&made);
	cr_assert_eq(made.events.told_count, 1, "and about two lines only once");
	cr_expect_eq(made.events.told[0].at, write);
	cr_expect_eq(made.events.told[0].after, read);
	end(&made);
}

/* A point that was reached is not an order to a detector: the pair is the one it saw, the read after the write. */
Test(sightings, do_not_count_the_schedule_as_an_order)
{
	struct made made;

	begin(&made);
	start_both(&made);
	add(&made, 2, RECORD_READ, READS);
	size_t write = add(&made, 0, RECORD_WRITE, WRITES), reached = add(&made, 0, RECORD_REACH, 0);
	come_after(&made, add(&made, 1, RECORD_AWAITED, 0), reached);
	size_t read = add(&made, 1, RECORD_READ, READS);
	place(&made);
	cr_assert_eq(made.events.told_count, 1);
	cr_expect_eq(made.events.told[0].at, read);
	cr_expect_eq(made.events.told[0].after, write);
	end(&made);
}

/* Two threads do the same: which of them was quicker does not matter. */
Test(sightings, name_the_same_of_equal_threads_in_each_run)
{
	for (uint32_t quick = 1; quick <= 2; quick++) {
		struct made made;
		begin(&made);
		start_both(&made);
		add(&made, quick, RECORD_READ, READS);
		add(&made, 3 - quick, RECORD_READ, READS);
		size_t write = add(&made, 0, RECORD_WRITE, WRITES);
		place(&made);
		cr_assert_eq(made.events.told_count, 1);
		cr_expect_eq(made.events.told[0].at, write);
		cr_expect_eq(made.events.items[made.events.told[0].after].record->thread, 2);
		end(&made);
	}
}
