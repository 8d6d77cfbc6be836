/*
 * A fridge for vaccines. A sensor measures, and a recorder writes the readings
 * to an archive. Now and then the archive is compacted, and the recorder waits.
 * The sensor waits a moment for room; then it is told, and the gap is counted.
 *
 * Promise   every reading is in the archive, or is reported as missing.
 * Ends      holds: measured 14, archived 8, reported missing 6
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when measured == archived + dropped, joined == started
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { ROOM = 4, BEFORE = 2, MEANWHILE = 10, AFTER = 2, READINGS = BEFORE + MEANWHILE + AFTER /* the compaction */ };
enum { COMPACTING, COMPACTED, CAUGHT_UP };
enum { PATIENCE = 10 /* ms */ };
enum result { TAKEN, DROPPED };

static const int celsius[READINGS] = {5, 5, 5, 6, 6, 7, 9, 12, 13, 11, 8, 6, 5, 5};
static int archive[READINGS]; /* the recorder's */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int list[ROOM], first, count;
	int archived, dropped;
	bool closed;
} recorder = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Hands a reading to the recorder. It waits for room, but not for long; then the reading is dropped, and counted. */
static enum result submit(int reading)
{
	struct timespec end = deadline_in(PATIENCE);
	enum result result = TAKEN;

	CHECK(pthread_mutex_lock(&recorder.lock));
	while (recorder.count == ROOM && deadline_cond_wait(&recorder.changed, &recorder.lock, &end))
		;
	if (recorder.count < ROOM) {
		recorder.list[(recorder.first + recorder.count++) % ROOM] = reading;
		CHECK(pthread_cond_broadcast(&recorder.changed));
	} else {
		gauge_set("dropped", ++recorder.dropped);
		result = DROPPED;
	}
	CHECK(pthread_mutex_unlock(&recorder.lock));
	return result;
}

/* Of the recorder. The second write starts a compaction, which takes until ten more were measured. */
static void archive_write(int number, int reading)
{
	archive[number] = reading;
	if (number + 1 == BEFORE) {
		schedule_reached(COMPACTING);
		schedule_await(COMPACTED);
	}
	if (number + 1 == BEFORE + ROOM)
		schedule_reached(CAUGHT_UP);
}

static void *record(void *arg)
{
	CHECK(pthread_mutex_lock(&recorder.lock));
	while (!recorder.closed || recorder.count > 0) {
		if (recorder.count == 0) {
			CHECK(pthread_cond_wait(&recorder.changed, &recorder.lock));
			continue;
		}
		int number = recorder.archived, reading = recorder.list[recorder.first];

		recorder.first = (recorder.first + 1) % ROOM;
		recorder.count--;
		CHECK(pthread_cond_broadcast(&recorder.changed));
		CHECK(pthread_mutex_unlock(&recorder.lock));
		archive_write(number, reading);
		CHECK(pthread_mutex_lock(&recorder.lock));
		gauge_set("archived", ++recorder.archived);
		gauge_set("dropped", recorder.dropped);
	}
	CHECK(pthread_mutex_unlock(&recorder.lock));
	return arg;
}

int main(void)
{
	pthread_t thread;
	static bool gap[READINGS]; /* the sensor's: the chart has a gap here, so no nurse gives a vaccine on its word */
	int missing = 0;

	deadline_cond_init(&recorder.changed);
	NEED(pthread_create(&thread, NULL, record, NULL));
	for (int i = 0; i < READINGS; i++) {
		if (i == BEFORE)
			schedule_await(COMPACTING);
		if (i == BEFORE + MEANWHILE) {
			schedule_reached(COMPACTED);
			schedule_await(CAUGHT_UP);
		}
		gauge_set("measured", i + 1);
		gap[i] = submit(celsius[i]) == DROPPED;
		missing += gap[i];
	}
	CHECK(pthread_mutex_lock(&recorder.lock));
	recorder.closed = true;
	CHECK(pthread_cond_broadcast(&recorder.changed));
	CHECK(pthread_mutex_unlock(&recorder.lock));
	CHECK(pthread_join(thread, NULL));
	return invariant(READINGS == recorder.archived + missing, "measured %d, archived %d, reported missing %d",
			 READINGS, recorder.archived, missing);
}
