/*
 * Along the flow, from the outside in. Each step is safe because the one before
 * has made sure that nobody upstream is left: who feeds a part goes first, and
 * a part goes only when nobody can come to it any more.
 *
 * Promise   when import_stop() returns, every reading is written, and the archive was closed after the last.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "import.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { ROOM = 2 };

struct reading {
	int meter, value;
};

static struct {
	const struct import_parts *parts;
	struct queue readings; /* from parser to writer; who takes one frees it */
	pthread_t parser, writer;
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
	return arg;
}

void import_start(const struct import_parts *parts)
{
	import.parts = parts;
	queue_init(&import.readings, ROOM);
	NEED(pthread_create(&import.parser, NULL, parse, NULL));
	NEED(pthread_create(&import.writer, NULL, write_all, NULL));
}

void import_stop(void)
{
	/* No line comes in any more. What the intake has accepted it still hands out, and then says so. */
	import.parts->shut();
	/* The parser has handed on the last reading, and was free to: the queue is open, the writer takes. */
	CHECK(pthread_join(import.parser, NULL));
	/* Nobody puts any more. The writer takes what is left, and then learns that it is the end. */
	queue_close(&import.readings);
	CHECK(pthread_join(import.writer, NULL));
	/* Nobody writes any more, and the join has ordered every write before this. */
	import.parts->close();
	queue_destroy(&import.readings);
}
