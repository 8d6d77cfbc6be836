/*
 * Yours to fix. A handler notes the signal, and lock_run() pauses until a signal
 * has come. It works, as long as the thread that pauses is the one in which the
 * handler runs.
 *
 * Promise   SIGTERM ends lock_run(), whichever thread it reaches, and nothing is cut short.
 * test      fails ends_when_it_is_asked, is_asked_while_locks_are_held
 */
#include "lock.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/stop.h"

struct keeper {
	pthread_t thread;
	lock_move *move;
	void *canal;
	struct stop *stop;
	long moved;
};

static volatile sig_atomic_t asked;

static void note(int number)
{
	(void)number;
	asked = 1;
}

void lock_prepare(void)
{
	struct sigaction action = {.sa_handler = note};

	sigemptyset(&action.sa_mask);
	REQUIRE(sigaction(SIGTERM, &action, NULL) == 0);
}

static void *keep(void *arg)
{
	struct keeper *keeper = arg;

	while (!stop_requested(keeper->stop)) {
		keeper->move(keeper->canal);
		keeper->moved++;
	}
	return NULL;
}

long lock_run(lock_move *move, void *canal)
{
	struct keeper keepers[LOCK_KEEPERS];
	struct stop stop;
	long moved = 0;

	stop_init(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		keepers[i] = (struct keeper){.move = move, .canal = canal, .stop = &stop};
		NEED(pthread_create(&keepers[i].thread, NULL, keep, &keepers[i]));
	}
	while (!asked)
		pause();
	stop_request(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		CHECK(pthread_join(keepers[i].thread, NULL));
		moved += keepers[i].moved;
	}
	stop_destroy(&stop);
	return moved;
}
