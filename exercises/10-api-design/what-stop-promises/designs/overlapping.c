/*
 * Wrong: a thread for each level, and none waits for the one before. Where show()
 * takes longer than an interval, two of them write on the board.
 */
#include "design.h"

enum { OVERLAPPING_MOST = 8 };

struct overlapping {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	struct bell stop;
};

static void *overlapping_show(void *arg)
{
	struct overlapping *tide = arg;

	tide->show(tide->board, tide->read(tide->board));
	return NULL;
}

static void *overlapping_run(void *arg)
{
	struct overlapping *tide = arg;
	pthread_t showers[OVERLAPPING_MOST];
	int count = 0;

	do
		NEED(pthread_create(&showers[count++], NULL, overlapping_show, tide));
	while (count < OVERLAPPING_MOST && !bell_or_interval(&tide->stop));
	while (count > 0)
		CHECK(pthread_join(showers[--count], NULL));
	return NULL;
}

static void *overlapping_start(tide_read *read, tide_show *show, void *board)
{
	struct overlapping *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct overlapping){.read = read, .show = show, .board = board};
	NEED(pthread_create(&tide->thread, NULL, overlapping_run, tide));
	return tide;
}

static void overlapping_stop(void *handle)
{
	struct overlapping *tide = handle;

	bell_ring(&tide->stop);
	CHECK(pthread_join(tide->thread, NULL));
	free(tide);
}

static const struct design overlapping = {"overlapping", "two threads write on the board, which has no lock",
					  overlapping_start, overlapping_stop, NULL};
