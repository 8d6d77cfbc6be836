/*
 * Right: one thread reads, another one shows, and between them is a place for
 * one level. The reader ends first; what it has read by then is still shown.
 */
#include "design.h"

struct two_threads {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t reader, shower;
	struct bell stop;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool full, over; /* guarded by lock, and so is level */
	long level;
};

static void *two_threads_read(void *arg)
{
	struct two_threads *tide = arg;

	do {
		long level = tide->read(tide->board);
		CHECK(pthread_mutex_lock(&tide->lock));
		while (tide->full)
			CHECK(pthread_cond_wait(&tide->changed, &tide->lock));
		tide->level = level;
		tide->full = true;
		CHECK(pthread_cond_broadcast(&tide->changed));
		CHECK(pthread_mutex_unlock(&tide->lock));
	} while (!bell_or_interval(&tide->stop));
	return NULL;
}

static void *two_threads_show(void *arg)
{
	struct two_threads *tide = arg;

	CHECK(pthread_mutex_lock(&tide->lock));
	for (;;) {
		while (!tide->full && !tide->over)
			CHECK(pthread_cond_wait(&tide->changed, &tide->lock));
		if (!tide->full)
			break;
		long level = tide->level;
		tide->full = false;
		CHECK(pthread_cond_broadcast(&tide->changed));
		CHECK(pthread_mutex_unlock(&tide->lock));
		tide->show(tide->board, level);
		CHECK(pthread_mutex_lock(&tide->lock));
	}
	CHECK(pthread_mutex_unlock(&tide->lock));
	return NULL;
}

static void *two_threads_start(tide_read *read, tide_show *show, void *board)
{
	struct two_threads *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct two_threads){.read = read, .show = show, .board = board};
	CHECK(pthread_mutex_init(&tide->lock, NULL));
	CHECK(pthread_cond_init(&tide->changed, NULL));
	NEED(pthread_create(&tide->shower, NULL, two_threads_show, tide));
	NEED(pthread_create(&tide->reader, NULL, two_threads_read, tide));
	return tide;
}

static void two_threads_stop(void *handle)
{
	struct two_threads *tide = handle;

	bell_ring(&tide->stop);
	CHECK(pthread_join(tide->reader, NULL));
	CHECK(pthread_mutex_lock(&tide->lock));
	tide->over = true;
	CHECK(pthread_cond_broadcast(&tide->changed));
	CHECK(pthread_mutex_unlock(&tide->lock));
	CHECK(pthread_join(tide->shower, NULL));
	CHECK(pthread_cond_destroy(&tide->changed));
	CHECK(pthread_mutex_destroy(&tide->lock));
	free(tide);
}

static const struct design two_threads = {"two_threads", NULL, two_threads_start, two_threads_stop, NULL};
