/*
 * Tempting  once something has failed, get out fast: ask the others, close everything, and do not wait for anybody.
 * Refused   tsan, helgrind and drd: after the first error a part is closed while its own thread is at work in it.
 *           What the tests say is luck.
 * tsan      fires  data-race in ended
 * helgrind  fires  Race in ended
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
	int first_error = 0;

	for (int i = running_count - 1; i >= 0; i--) {
		stop_request(&running[i].stop);
		if (first_error) {
			CHECK(pthread_detach(running[i].thread));
		} else {
			CHECK(pthread_join(running[i].thread, NULL));
			stop_destroy(&running[i].stop);
		}

		int error = running[i].part->close();
		if (!first_error)
			first_error = error;
	}
	return first_error;
}
