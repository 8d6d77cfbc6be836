/*
 * Wrong: the thread that tide_start() has started is joined. Each level is read by
 * one thread and shown by another. The one that reads is joined, since the level is
 * its result. The one that shows says when it has, and is waited for no longer than
 * that: it is detached, and left between its word and its end. What it still uses
 * is static.
 */
#include "design.h"

struct joins_only_one {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	struct bell stop;
	long level; /* of who reads; then of who shows */
};

static pthread_mutex_t joins_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t joins_changed = PTHREAD_COND_INITIALIZER;
static bool joins_shown; /* guarded by joins_lock */

static void *joins_only_one_read(void *arg)
{
	struct joins_only_one *tide = arg;

	tide->level = tide->read(tide->board);
	return NULL;
}

static void *joins_only_one_show(void *arg)
{
	struct joins_only_one *tide = arg;

	tide->show(tide->board, tide->level);
	CHECK(pthread_mutex_lock(&joins_lock));
	joins_shown = true;
	CHECK(pthread_cond_broadcast(&joins_changed));
	CHECK(pthread_mutex_unlock(&joins_lock));
	return NULL;
}

static void *joins_only_one_run(void *arg)
{
	struct joins_only_one *tide = arg;

	do {
		pthread_t reader, shower;
		NEED(pthread_create(&reader, NULL, joins_only_one_read, tide));
		CHECK(pthread_join(reader, NULL));
		NEED(pthread_create(&shower, NULL, joins_only_one_show, tide));
		CHECK(pthread_detach(shower));
		CHECK(pthread_mutex_lock(&joins_lock));
		while (!joins_shown)
			CHECK(pthread_cond_wait(&joins_changed, &joins_lock));
		joins_shown = false;
		CHECK(pthread_mutex_unlock(&joins_lock));
	} while (!bell_or_interval(&tide->stop));
	return NULL;
}

static void *joins_only_one_start(tide_read *read, tide_show *show, void *board)
{
	struct joins_only_one *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct joins_only_one){.read = read, .show = show, .board = board};
	NEED(pthread_create(&tide->thread, NULL, joins_only_one_run, tide));
	return tide;
}

static void joins_only_one_stop(void *handle)
{
	struct joins_only_one *tide = handle;

	bell_ring(&tide->stop);
	CHECK(pthread_join(tide->thread, NULL));
	free(tide);
}

static const struct design joins_only_one = {
	"joins_only_one",
	"of two threads for each level one is joined, and those that have shown it are still on their way out when "
	"tide_stop() returns",
	joins_only_one_start, joins_only_one_stop, NULL};
