/*
 * Wrong: the thread looks for the stop between read() and show(), so as to end
 * sooner. A level that was read is then shown to nobody.
 */
#include "design.h"

struct drops_the_last {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	struct bell stop;
	pthread_mutex_t lock;
	bool stopped; /* guarded by lock */
};

static bool drops_the_last_stopped(struct drops_the_last *tide)
{
	CHECK(pthread_mutex_lock(&tide->lock));
	bool stopped = tide->stopped;
	CHECK(pthread_mutex_unlock(&tide->lock));
	return stopped;
}

static void *drops_the_last_run(void *arg)
{
	struct drops_the_last *tide = arg;

	do {
		long level = tide->read(tide->board);
		if (drops_the_last_stopped(tide))
			break;
		tide->show(tide->board, level);
	} while (!bell_or_interval(&tide->stop));
	return NULL;
}

static void *drops_the_last_start(tide_read *read, tide_show *show, void *board)
{
	struct drops_the_last *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct drops_the_last){.read = read, .show = show, .board = board};
	CHECK(pthread_mutex_init(&tide->lock, NULL));
	NEED(pthread_create(&tide->thread, NULL, drops_the_last_run, tide));
	return tide;
}

static void drops_the_last_stop(void *handle)
{
	struct drops_the_last *tide = handle;

	CHECK(pthread_mutex_lock(&tide->lock));
	tide->stopped = true;
	CHECK(pthread_mutex_unlock(&tide->lock));
	bell_ring(&tide->stop);
	CHECK(pthread_join(tide->thread, NULL));
	CHECK(pthread_mutex_destroy(&tide->lock));
	free(tide);
}

static const struct design drops_the_last = {"drops_the_last", "the last level was read, and nobody has seen it",
					     drops_the_last_start, drops_the_last_stop, NULL};
