/*
 * Yours to fix. station_stop() stops one part after the other, and leaves when
 * one of them fails to close.
 *
 * Promise   whatever fails, when station_stop() returns, every part has ended and was closed.
 * test      fails stops_every_part
 * budget    fires  joined in work when joined == started
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

		int error = running[i].part->close();
		if (error)
			return error;
	}
	return 0;
}
