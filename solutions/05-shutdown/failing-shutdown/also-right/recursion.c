/*
 * To stop so many parts is to stop the last one, and then the others, whatever
 * came of it. The shape itself leaves no way out in the middle.
 *
 * Promise   whatever fails, when station_stop() returns, every part has ended and was closed.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
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

static int stop_one(struct running *one)
{
	stop_request(&one->stop);
	CHECK(pthread_join(one->thread, NULL));
	stop_destroy(&one->stop);
	return one->part->close();
}

static int stop_all(int count)
{
	if (count == 0)
		return 0;
	int error = stop_one(&running[count - 1]);
	int later = stop_all(count - 1);
	return error ? error : later;
}

int station_stop(void)
{
	return stop_all(running_count);
}
