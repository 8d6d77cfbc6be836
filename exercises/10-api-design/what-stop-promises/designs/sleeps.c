/*
 * Wrong: the thread sleeps through its interval, and tide_stop() with it. All
 * that its callers touch is safe; they come to it an hour late.
 */
#include "design.h"

struct sleeps {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	pthread_mutex_t lock;
	bool stopped; /* guarded by lock */
};

static bool sleeps_stopped(struct sleeps *tide)
{
	CHECK(pthread_mutex_lock(&tide->lock));
	bool stopped = tide->stopped;
	CHECK(pthread_mutex_unlock(&tide->lock));
	return stopped;
}

static void *sleeps_run(void *arg)
{
	struct sleeps *tide = arg;

	do {
		tide->show(tide->board, tide->read(tide->board));
		sleep_an_interval();
	} while (!sleeps_stopped(tide));
	return NULL;
}

static void *sleeps_start(tide_read *read, tide_show *show, void *board)
{
	struct sleeps *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct sleeps){.read = read, .show = show, .board = board};
	CHECK(pthread_mutex_init(&tide->lock, NULL));
	NEED(pthread_create(&tide->thread, NULL, sleeps_run, tide));
	return tide;
}

static void sleeps_stop(void *handle)
{
	struct sleeps *tide = handle;

	CHECK(pthread_mutex_lock(&tide->lock));
	tide->stopped = true;
	CHECK(pthread_mutex_unlock(&tide->lock));
	CHECK(pthread_join(tide->thread, NULL));
	CHECK(pthread_mutex_destroy(&tide->lock));
	free(tide);
}

static const struct design sleeps = {"sleeps", "tide_stop() returns an hour later, when the interval has passed",
				     sleeps_start, sleeps_stop, NULL};
