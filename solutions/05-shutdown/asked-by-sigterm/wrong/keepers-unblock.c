/*
 * Wrong. When it has moved its first ship, each keeper lets all signals through again, so
 * that whatever move() does may be interrupted as usual.
 *
 * Tempting  the mask was for the thread that waits; a keeper does not wait for signals.
 * Refused   by the tests: the signal may reach a keeper, and there it ends the process.
 * Promise   SIGTERM ends lock_run(), whichever thread it reaches, and nothing is cut short.
 * test      fails ends_when_it_is_asked, is_asked_while_locks_are_held
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

/* Threads inherit the mask of the thread that starts them: blocked here, it is blocked in all of them. */
void lock_prepare(void)
{
	sigset_t set = asked_by();

	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL));
}

static void *keep(void *arg)
{
	struct keeper *keeper = arg;
	sigset_t none;

	sigemptyset(&none);
	while (!stop_requested(keeper->stop)) {
		keeper->move(keeper->canal);
		keeper->moved++;
		CHECK(pthread_sigmask(SIG_SETMASK, &none, NULL));
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
	CHECK(sigwait(&set, &number));
	stop_request(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		CHECK(pthread_join(keepers[i].thread, NULL));
		moved += keepers[i].moved;
	}
	stop_destroy(&stop);
	return moved;
}
