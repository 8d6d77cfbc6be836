/*
 * Wrong: the stop waits for a call of show() that is under way, and for nothing
 * if there is none. But the thread looks for the stop only after the next level.
 */
#include "design.h"

struct once_more {
	tide_read *read;
	tide_show *show;
	void *board;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool at_work, stopped; /* guarded by lock */
};

static struct once_more *once_more_last;

/* Notes whether the thread is at work; tells whether it is to end. */
static bool once_more_note(struct once_more *tide, bool at_work)
{
	CHECK(pthread_mutex_lock(&tide->lock));
	tide->at_work = at_work;
	bool stopped = tide->stopped;
	CHECK(pthread_cond_broadcast(&tide->changed));
	CHECK(pthread_mutex_unlock(&tide->lock));
	return stopped;
}

static void *once_more_run(void *arg)
{
	struct once_more *tide = arg;

	for (;;) {
		tide->show(tide->board, tide->read(tide->board));
		if (once_more_note(tide, false))
			break;
		sleep_an_interval();
		once_more_note(tide, true);
	}
	return NULL;
}

static void *once_more_start(tide_read *read, tide_show *show, void *board)
{
	struct once_more *tide = malloc(sizeof *tide);

	HAVE(tide);
	*tide = (struct once_more){.read = read, .show = show, .board = board, .at_work = true};
	CHECK(pthread_mutex_init(&tide->lock, NULL));
	CHECK(pthread_cond_init(&tide->changed, NULL));
	NEED(pthread_create(&tide->thread, NULL, once_more_run, tide));
	return tide;
}

static void once_more_stop(void *handle)
{
	struct once_more *tide = handle;

	CHECK(pthread_mutex_lock(&tide->lock));
	tide->stopped = true;
	while (tide->at_work)
		CHECK(pthread_cond_wait(&tide->changed, &tide->lock));
	CHECK(pthread_mutex_unlock(&tide->lock));
	once_more_last = tide;
}

static void once_more_at_exit(void)
{
	struct once_more *tide = once_more_last;

	CHECK(pthread_join(tide->thread, NULL));
	CHECK(pthread_cond_destroy(&tide->changed));
	CHECK(pthread_mutex_destroy(&tide->lock));
	free(tide);
}

static const struct design once_more = {
	"once_more", "show() is called an hour after tide_stop(), with a board that is not there any more",
	once_more_start, once_more_stop, once_more_at_exit};
