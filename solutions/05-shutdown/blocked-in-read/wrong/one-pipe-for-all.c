/*
 * Tempting  the pipe only says "stop", so one is enough for the process.
 * Refused   the test: all scales hear it, and stop.
 * test      fails stops_while_the_scale_is_silent
 */
#include "scale.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"

enum { ROOM = 256 };

struct scale {
	int line;
	scale_text *text;
	void *office;
	pthread_t reader;
};

static int stop[2]; /* a pipe: where the threads hear of the stop, and what scale_stop() closes to ask for it */
static int started;

/* Waits until there is something to read. False: the stop was asked for, which counts even if the scale talks. */
static bool wait_for_text(const struct scale *scale)
{
	struct pollfd waits[] = {{.fd = stop[0]}, {.fd = scale->line, .events = POLLIN}};

	while (poll(waits, 2, -1) < 0)
		REQUIRE(errno == EINTR);
	return !waits[0].revents;
}

static void *read_line(void *arg)
{
	struct scale *scale = arg;
	char *text = malloc(ROOM);

	HAVE(text);
	while (wait_for_text(scale)) {
		ssize_t got = read(scale->line, text, ROOM);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			scale->text(scale->office, NULL, 0);
			break;
		}
		scale->text(scale->office, text, (size_t)got);
	}
	free(text);
	return NULL;
}

struct scale *scale_start(int line, scale_text *text, void *office)
{
	struct scale *scale = malloc(sizeof *scale);

	HAVE(scale);
	*scale = (struct scale){.line = line, .text = text, .office = office};
	if (started++ == 0)
		HAVE(pipe(stop) == 0);
	NEED(pthread_create(&scale->reader, NULL, read_line, scale));
	return scale;
}

void scale_stop(struct scale *scale)
{
	if (started-- > 0)
		close(stop[1]);
	CHECK(pthread_join(scale->reader, NULL));
	if (started == 0)
		close(stop[0]);
	free(scale);
}
