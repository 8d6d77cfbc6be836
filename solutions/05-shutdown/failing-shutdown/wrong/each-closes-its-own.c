/*
 * Wrong. Each part closes its own thing, in its thread, when its work is done: no
 * failure can keep another from it. When its work is done the part decides, and
 * not those that rely on it.
 *
 * Tempting  who opens it closes it, and station_stop() has only to join.
 * Refused   by a test: a part that has no more to do is closed before those that were started after it.
 * Promise   whatever fails, when station_stop() returns, every part has ended and was closed.
 * test      fails stops_well
 */
#include "station.h"

#include <pthread.h>

#include "kit/check.h"

static struct running {
	const struct part *part;
	struct stop stop;
	pthread_t thread;
	int error;
} running[STATION_PARTS];

static int running_count;

static void *work(void *arg)
{
	struct running *self = arg;

	self->part->work(&self->stop);
	self->error = self->part->close();
	return NULL;
}

void station_start(const struct part *parts, int count)
{
	REQUIRE(count <= STATION_PARTS);
	for (int i = 0; i < count; i++) {
		running[i].part = &parts[i];
		stop_init(&running[i].stop);
		NEED(pthread_create(&running[i].thread, NULL, work, &running[i]));
	}
	running_count = count;
}

int station_stop(void)
{
	int first_error = 0;

	for (int i = running_count - 1; i >= 0; i--) {
		stop_request(&running[i].stop);
		CHECK(pthread_join(running[i].thread, NULL));
		stop_destroy(&running[i].stop);

		/* The first one says what went wrong; what fails after it may only be a consequence. */
		int error = running[i].error;
		if (!first_error)
			first_error = error;
	}
	return first_error;
}
