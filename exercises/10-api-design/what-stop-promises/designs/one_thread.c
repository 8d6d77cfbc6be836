/*
 * Right, and the code that is in use: one thread, which is rung awake and
 * joined. A level that was read before the bell is shown.
 */
#include "design.h"

struct one_thread {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	struct bell stop;
};

static void *one_thread_run(void *arg)
{
	struct one_thread *tide = arg;

	do
		tide->show(tide->board, tide->read(tide->board));
	while (!bell_or_interval(&tide->stop));
	return NULL;
}

static void *one_thread_start(tide_read *read, tide_show *show, void *board)
{
	struct one_thread *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct one_thread){.read = read, .show = show, .board = board};
	NEED(pthread_create(&tide->thread, NULL, one_thread_run, tide));
	return tide;
}

static void one_thread_stop(void *handle)
{
	struct one_thread *tide = handle;

	bell_ring(&tide->stop);
	CHECK(pthread_join(tide->thread, NULL));
	free(tide);
}

static const struct design one_thread = {"one_thread", NULL, one_thread_start, one_thread_stop, NULL};
