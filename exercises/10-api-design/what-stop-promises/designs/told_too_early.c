/*
 * Wrong: the thread notes a level as shown before it calls show(), since the note
 * is needed in show() as well. The stop waits until nothing is to be shown any
 * more, by that note. At exit the threads are joined, as the budget asks.
 */
#include "design.h"

struct told_too_early {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	struct bell stop;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool to_show; /* a level was read, or is being read; guarded by lock */
};

static struct told_too_early *told_too_early_last;

static void told_too_early_note(struct told_too_early *tide, bool to_show)
{
	CHECK(pthread_mutex_lock(&tide->lock));
	tide->to_show = to_show;
	CHECK(pthread_cond_broadcast(&tide->changed));
	CHECK(pthread_mutex_unlock(&tide->lock));
}

static void *told_too_early_run(void *arg)
{
	struct told_too_early *tide = arg;

	do {
		told_too_early_note(tide, true);
		long level = tide->read(tide->board);
		told_too_early_note(tide, false);
		tide->show(tide->board, level);
	} while (!bell_or_interval(&tide->stop));
	return NULL;
}

static void *told_too_early_start(tide_read *read, tide_show *show, void *board)
{
	struct told_too_early *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct told_too_early){.read = read, .show = show, .board = board, .to_show = true};
	CHECK(pthread_mutex_init(&tide->lock, NULL));
	CHECK(pthread_cond_init(&tide->changed, NULL));
	NEED(pthread_create(&tide->thread, NULL, told_too_early_run, tide));
	return tide;
}

static void told_too_early_stop(void *handle)
{
	struct told_too_early *tide = handle;

	bell_ring(&tide->stop);
	CHECK(pthread_mutex_lock(&tide->lock));
	while (tide->to_show)
		CHECK(pthread_cond_wait(&tide->changed, &tide->lock));
	CHECK(pthread_mutex_unlock(&tide->lock));
	told_too_early_last = tide;
}

static void told_too_early_at_exit(void)
{
	struct told_too_early *tide = told_too_early_last;

	CHECK(pthread_join(tide->thread, NULL));
	CHECK(pthread_cond_destroy(&tide->changed));
	CHECK(pthread_mutex_destroy(&tide->lock));
	free(tide);
}

static const struct design told_too_early = {
	"told_too_early",
	"tide_stop() returns in the middle of show(), which writes on a board that "
	"its caller frees now",
	told_too_early_start, told_too_early_stop, told_too_early_at_exit};
