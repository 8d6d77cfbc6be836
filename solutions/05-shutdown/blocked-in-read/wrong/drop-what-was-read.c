/*
 * Wrong. The thread looks for the stop once more before it hands on what it has read.
 *
 * Tempting  who has asked for the stop wants nothing any more, and is not to wait for another text().
 * Refused   by a test in which the stop comes during the read: what was read is neither handed on nor in the line. A weight
 *           is missing, and nobody can read it again.
 * Promise   scale_stop() ends the reader, whatever the scale does.
 * test      fails hands_on_what_it_has_read
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
	int stop[2]; /* a pipe: where the thread hears of the stop, and what scale_stop() closes to ask for it */
	pthread_t reader;
};

/* Waits until there is something to read. False: the stop was asked for, which counts even if the scale talks. */
static bool wait_for_text(const struct scale *scale)
{
	struct pollfd waits[] = {{.fd = scale->stop[0]}, {.fd = scale->line, .events = POLLIN}};

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
		struct pollfd asked = {.fd = scale->stop[0]};
		if (poll(&asked, 1, 0) > 0 && asked.revents)
			break;
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
	HAVE(pipe(scale->stop) == 0);
	NEED(pthread_create(&scale->reader, NULL, read_line, scale));
	return scale;
}

void scale_stop(struct scale *scale)
{
	close(scale->stop[1]);
	CHECK(pthread_join(scale->reader, NULL));
	/* The thread's end of the pipe, and the scale: not before the thread has ended. */
	close(scale->stop[0]);
	free(scale);
}
