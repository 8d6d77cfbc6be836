/*
 * Tempting  read() is a cancellation point: one call in scale_stop(), and the thread need not be touched.
 * Refused   text() may have cancellation points of its own, and is cut short there. And nobody frees what the thread
 *           has allocated: it is not there any more.
 * test      fails stops_while_the_scale_talks, hands_on_what_it_has_read
 */
#include "scale.h"

#include <errno.h>
#include <pthread.h>
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

static void *read_line(void *arg)
{
	struct scale *scale = arg;
	char *text = malloc(ROOM);

	HAVE(text);
	for (;;) {
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
	NEED(pthread_create(&scale->reader, NULL, read_line, scale));
	return scale;
}

void scale_stop(struct scale *scale)
{
	CHECK(pthread_cancel(scale->reader));
	CHECK(pthread_join(scale->reader, NULL));
	free(scale);
}
