/*
 * Tempting  the thread that calls sigwait() has to block the signal, and it does.
 * Refused   the threads that were there before it have not, nor has main(): the signal reaches one of them, and
 *           ends the process.
 * test      fails ends_when_it_is_asked, hears_what_came_early, is_asked_while_locks_are_held
 */
#include "lock.h"

#include <pthread.h>
#include <signal.h>

#include "kit/check.h"
#include "kit/stop.h"

struct keeper {
	pthread_t thread;
	lock_move *move;
	void *canal;
	struct stop *stop;
	long moved;
};

static sigset_t asked_by(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	return set;
}

void lock_prepare(void)
{
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
	sigset_t set = asked_by();
	int number;
	long moved = 0;

	stop_init(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		keepers[i] = (struct keeper){.move = move, .canal = canal, .stop = &stop};
		NEED(pthread_create(&keepers[i].thread, NULL, keep, &keepers[i]));
	}
	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL));
	CHECK(sigwait(&set, &number));
	stop_request(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		CHECK(pthread_join(keepers[i].thread, NULL));
		moved += keepers[i].moved;
	}
	stop_destroy(&stop);
	return moved;
}
