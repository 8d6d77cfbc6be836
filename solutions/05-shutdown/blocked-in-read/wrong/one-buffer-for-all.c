/*
 * What was read lies in one static buffer, as long as nobody needs it any more.
 *
 * Tempting  nothing to allocate, nothing to free, and with one scale everything is right.
 * Refused   the test: each scale has a thread, and all threads have that buffer. What the one hands on, the other
 *           overwrites.
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
	int stop[2]; /* a pipe */
	pthread_t reader;
};

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
	static char text[ROOM];

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
	close(scale->stop[0]);
	free(scale);
}
