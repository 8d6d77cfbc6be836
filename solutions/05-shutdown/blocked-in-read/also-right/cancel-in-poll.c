/*
 * The thread is cancelled, and says where that may be: in poll(), when it has read
 * nothing that it has not handed on, holds no lock, and has left word of what is to
 * be freed. Everywhere else it cannot be cancelled, in text() above all.
 *
 * Promise   scale_stop() ends the reader, whatever the scale does.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
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

/* Here the thread may be cancelled: it has read nothing that is not handed on. */
static void wait_for_text(const struct scale *scale)
{
	struct pollfd line = {.fd = scale->line, .events = POLLIN};
	int before;

	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before));
	pthread_testcancel(); /* a scale that does not stop talking is not waited for */
	while (poll(&line, 1, -1) < 0)
		REQUIRE(errno == EINTR);
	CHECK(pthread_setcancelstate(before, NULL));
}

/* True at the end of the line. */
static bool hand_on(const struct scale *scale, char *text)
{
	ssize_t got = read(scale->line, text, ROOM);

	if (got < 0 && errno == EINTR)
		return false;
	if (got > 0)
		scale->text(scale->office, text, (size_t)got);
	else
		scale->text(scale->office, NULL, 0);
	return got <= 0;
}

static void *read_line(void *arg)
{
	struct scale *scale = arg;
	char *text = malloc(ROOM);
	bool ended = false;
	int before;

	HAVE(text);
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before));
	pthread_cleanup_push(free, text);
	while (!ended) {
		wait_for_text(scale);
		ended = hand_on(scale, text);
	}
	pthread_cleanup_pop(1);
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
