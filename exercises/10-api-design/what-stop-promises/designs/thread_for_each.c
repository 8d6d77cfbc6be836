/*
 * Right: a thread for each level, which is joined before the next one begins.
 * Expensive, and no caller is harmed.
 */
#include "design.h"

struct thread_for_each {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	struct bell stop;
};

static void *thread_for_each_show(void *arg)
{
	struct thread_for_each *tide = arg;

	tide->show(tide->board, tide->read(tide->board));
	return NULL;
}

static void *thread_for_each_run(void *arg)
{
	struct thread_for_each *tide = arg;

	do {
		pthread_t shower;
		NEED(pthread_create(&shower, NULL, thread_for_each_show, tide));
		CHECK(pthread_join(shower, NULL));
	} while (!bell_or_interval(&tide->stop));
	return NULL;
}

static void *thread_for_each_start(tide_read *read, tide_show *show, void *board)
{
	struct thread_for_each *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct thread_for_each){.read = read, .show = show, .board = board};
	NEED(pthread_create(&tide->thread, NULL, thread_for_each_run, tide));
	return tide;
}

static void thread_for_each_stop(void *handle)
{
	struct thread_for_each *tide = handle;

	bell_ring(&tide->stop);
	CHECK(pthread_join(tide->thread, NULL));
	free(tide);
}

static const struct design thread_for_each = {"thread_for_each", NULL, thread_for_each_start, thread_for_each_stop,
					      NULL};
