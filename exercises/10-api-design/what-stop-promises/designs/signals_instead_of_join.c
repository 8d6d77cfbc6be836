/*
 * Wrong: the thread says as its last act but one that it has ended, and
 * tide_stop() waits for that word. A detached thread is left, between its word
 * and its end. What it still uses is static, so that no detector has anything to
 * say; what is not there any more when main() returns is its code, once a
 * library is unloaded.
 */
#include "design.h"

struct signals_instead_of_join {
	tide_read *read;
	tide_show *show;
	void *board;
	struct bell stop;
};

static pthread_mutex_t signals_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t signals_changed = PTHREAD_COND_INITIALIZER;
static bool signals_ended; /* guarded by signals_lock */

static void *signals_instead_of_join_run(void *arg)
{
	struct signals_instead_of_join *tide = arg;

	do
		tide->show(tide->board, tide->read(tide->board));
	while (!bell_or_interval(&tide->stop));
	CHECK(pthread_mutex_lock(&signals_lock));
	signals_ended = true;
	CHECK(pthread_cond_broadcast(&signals_changed));
	CHECK(pthread_mutex_unlock(&signals_lock));
	return NULL;
}

static void *signals_instead_of_join_start(tide_read *read, tide_show *show, void *board)
{
	struct signals_instead_of_join *tide = malloc(sizeof *tide);
	pthread_t thread;

	HAVE(tide);
	*tide = (struct signals_instead_of_join){.read = read, .show = show, .board = board};
	CHECK(pthread_mutex_lock(&signals_lock));
	signals_ended = false;
	CHECK(pthread_mutex_unlock(&signals_lock));
	NEED(pthread_create(&thread, NULL, signals_instead_of_join_run, tide));
	CHECK(pthread_detach(thread));
	return tide;
}

static void signals_instead_of_join_stop(void *handle)
{
	struct signals_instead_of_join *tide = handle;

	bell_ring(&tide->stop);
	CHECK(pthread_mutex_lock(&signals_lock));
	while (!signals_ended)
		CHECK(pthread_cond_wait(&signals_changed, &signals_lock));
	CHECK(pthread_mutex_unlock(&signals_lock));
	free(tide);
}

static const struct design signals_instead_of_join = {
	"signals_instead_of_join",
	"tide_stop() returns, and a thread of the gauge is still on its way out, which nobody will ever wait for",
	signals_instead_of_join_start, signals_instead_of_join_stop, NULL};
