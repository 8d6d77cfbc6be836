/*
 * The order is right: the intake, then a second for parser and writer to
 * finish, then the archive.
 *
 * Tempting  the order is what the incident was about, and a second is a hundred times what it takes.
 * Refused   by the detectors: a sleep orders nothing. The archive is closed, and the caller then takes away
 *           its intake, both unordered with the threads that used them. Every test passes, because here the
 *           second is always long enough; on the night of the full disk it is not.
 * test      passes
 * tsan      fires  data-race in archive_do, data-race in archive_of
 * budget    fires  joined in parse when joined == started
 */
#include "import.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { ROOM = 2 };
enum { WRITER_ENDED };

struct reading {
	int meter, value;
};

static struct {
	const struct import_parts *parts;
	struct queue readings; /* from parser to writer; who takes one frees it */
} import;

/* A reading that the caller owns; NULL if the line is none. */
static struct reading *parse_line(const char *line)
{
	struct reading *reading = malloc(sizeof *reading);

	HAVE(reading);
	if (sscanf(line, "%d %d", &reading->meter, &reading->value) == 2)
		return reading;
	free(reading);
	return NULL;
}

static void *parse(void *arg)
{
	const char *line;

	while ((line = import.parts->next_line())) {
		struct reading *reading = parse_line(line);
		if (reading && !queue_put(&import.readings, reading))
			free(reading); /* nobody takes it any more */
	}
	queue_close(&import.readings);
	return arg;
}

static void *write_all(void *arg)
{
	void *item;

	while (queue_take(&import.readings, &item)) {
		struct reading *reading = item;
		import.parts->write(reading->meter, reading->value);
		free(reading);
	}
	schedule_reached(WRITER_ENDED);
	return arg;
}

void import_start(const struct import_parts *parts)
{
	pthread_t parser, writer;

	import.parts = parts;
	queue_init(&import.readings, ROOM);
	NEED(pthread_create(&parser, NULL, parse, NULL));
	NEED(pthread_create(&writer, NULL, write_all, NULL));
	CHECK(pthread_detach(parser));
	CHECK(pthread_detach(writer));
}

void import_stop(void)
{
	import.parts->shut();
	sleep(1);
	/* The lucky case, pinned: it was long enough. */
	schedule_await(WRITER_ENDED);
	import.parts->close();
}
