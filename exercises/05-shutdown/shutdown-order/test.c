/*
 * What import.h promises, seen from an intake and an archive that watch. The
 * archive has no lock, on purpose: import_stop() promises that nobody is in it
 * when it is closed, nor afterwards. If it breaks that promise, it is a data
 * race, whichever comes first.
 */
#include "import.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/queue.h"
#include "kit/schedule.h"

static const char *const lines[] = {"17 1", "17 2", "17 3", "?", "17 4", "17 5", "17 6", "17 7"};
enum { LINES = sizeof lines / sizeof *lines, READINGS = LINES - 1, LATE_LINE = 5 };

static struct queue intake;
static struct gate first_write_begun = GATE_INITIALIZER, intake_shut = GATE_INITIALIZER;

struct archive {
	int written, closed; /* how often */
	bool out_of_order;   /* the readings were not 1, 2, 3, ... */
	bool late;	     /* something was written after close() */
};
enum deed { LOOK, WRITE, CLOSE };

/* Changes the archive, and returns what it is then. Only here is it touched. */
static struct archive archive_do(enum deed deed, int reading)
{
	static struct archive archive;

	archive.closed += deed == CLOSE;
	if (deed == WRITE) {
		archive.late |= archive.closed > 0;
		archive.out_of_order |= reading != ++archive.written;
	}
	return archive;
}

/* A slow intake: when it is shut it still has lines, whatever the room of the import's queue. */
static const char *next_line(void)
{
	void *line;

	if (!queue_take(&intake, &line))
		return NULL;
	if (line == lines[LATE_LINE]) {
		gate_wait(&intake_shut);
		/* By now import_stop() has done all that it does without a wait for the parser. */
		schedule_await_blocked();
	}
	return line;
}

static void shut(void)
{
	queue_close(&intake);
	gate_open(&intake_shut);
}

/* A slow archive: the stop always finds the first reading half written, and waits when the last one is. */
static void write_reading(int meter, int reading)
{
	(void)meter;
	gate_open(&first_write_begun);
	gate_wait(&intake_shut);
	if (reading == READINGS)
		schedule_await_blocked();
	archive_do(WRITE, reading);
}

static void close_archive(void)
{
	archive_do(CLOSE, 0);
}

/* Imports the first `count` lines, stops the import, and returns what the archive is at that moment. */
static struct archive archive_of(size_t count)
{
	static const struct import_parts parts = {next_line, shut, write_reading, close_archive};

	queue_init(&intake, LINES);
	for (size_t i = 0; i < count; i++)
		REQUIRE(queue_put(&intake, (void *)lines[i]));
	import_start(&parts);
	if (count > 0)
		gate_wait(&first_write_begun);
	import_stop();
	queue_destroy(&intake);
	return archive_do(LOOK, 0);
}

Test(import, writes_every_reading, .timeout = 60)
{
	struct archive archive = archive_of(LINES);

	cr_assert_eq(archive.written, READINGS, "import_stop() has returned; accepted %d, written %d", READINGS,
		     archive.written);
	cr_assert_not(archive.out_of_order, "the readings were not written once each, in order");
}

Test(import, closes_the_archive_last, .timeout = 60)
{
	struct archive archive = archive_of(LINES);

	cr_assert_eq(archive.closed, 1, "the archive was closed %d times", archive.closed);
	cr_assert_not(archive.late, "a reading was written into a closed archive");
}

Test(import, stops_when_idle, .timeout = 60)
{
	cr_assert_eq(archive_of(0).closed, 1, "there was nothing to do, and the archive was not closed once");
}
