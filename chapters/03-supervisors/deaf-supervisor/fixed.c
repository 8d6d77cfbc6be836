/*
 * A depot records where its trams are. A supervisor starts the recorder, and
 * starts it again when it has ended, for now and then the radio fails. In the
 * evening the supervisor is asked to stop. So is the recorder, and both end.
 *
 * Promise   when depot_stop() returns, no thread of the depot runs, and the journal is the caller's.
 * Ends      holds: recorders 2, after the stop 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum { MINUTE = 60000 /* ms */ };
enum { STARTED_AGAIN, JOURNAL_CLOSED, NEVER, BEGUN /* and the next ones: plus the number of the recorder */ };

struct journal {
	char depot[32];
	int lines;
};

static struct {
	struct stop stop;
	struct journal *journal; /* the recorder's until depot_stop() has returned, then the caller's */
	pthread_t supervisor;
} depot;

/* Counts the recorders: adds so many, and returns how many there have been. */
static int recorders(int more)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int count; /* guarded by lock */

	CHECK(pthread_mutex_lock(&lock));
	int now = count += more;
	CHECK(pthread_mutex_unlock(&lock));
	return now;
}

static void journal_write(struct journal *journal)
{
	journal->lines++;
}

/* Returns NULL when it was asked to stop, and what failed when something has. */
static void *record(void *arg)
{
	int number = *(const int *)arg;

	if (number > 2) {
		schedule_reached(STARTED_AGAIN);
		schedule_await(JOURNAL_CLOSED);
	}
	journal_write(depot.journal);
	schedule_reached(BEGUN + number);
	if (number > 2)
		schedule_await(NEVER);
	if (number == 1)
		return "no radio";
	while (!stop_wait(&depot.stop, MINUTE))
		journal_write(depot.journal);
	return NULL;
}

static void *supervise(void *arg)
{
	while (!stop_requested(&depot.stop)) {
		pthread_t recorder;
		int number = recorders(1);
		NEED(pthread_create(&recorder, NULL, record, &number));
		CHECK(pthread_join(recorder, NULL));
	}
	return arg;
}

static void depot_start(void)
{
	stop_init(&depot.stop);
	depot.journal = calloc(1, sizeof *depot.journal);
	HAVE(depot.journal);
	NEED(pthread_create(&depot.supervisor, NULL, supervise, NULL));
}

static void depot_stop(void)
{
	stop_request(&depot.stop);
	CHECK(pthread_join(depot.supervisor, NULL));
	stop_destroy(&depot.stop);
}

int main(void)
{
	depot_start();
	schedule_await(BEGUN + 2);
	int before = recorders(0);
	depot_stop();
	free(depot.journal);
	schedule_reached(JOURNAL_CLOSED);
	int after = recorders(0) - before;

	return invariant(after == 0, "recorders %d, after the stop %d", before, after);
}
