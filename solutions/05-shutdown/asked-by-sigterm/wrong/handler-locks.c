/*
 * A handler that requests the stop, and lock_run() waits for that.
 *
 * Tempting  a stop token wakes who waits, so one line in the handler is enough, and there is no loop and no sleep.
 * Refused   the test: the handler interrupts a keeper that looks at the token, and holds its lock. It waits for that lock
 *           in the very thread that would give it back. A handler may call write(), and no pthread_mutex_lock().
 * test      fails is_asked_while_locks_are_held
 */
#include "lock.h"

#include <pthread.h>
#include <signal.h>

#include "kit/check.h"
#include "kit/stop.h"

enum { A_DAY = 86400000 /* ms */ };

struct keeper {
	pthread_t thread;
	lock_move *move;
	void *canal;
	long moved;
};

static struct stop stop;

static void ask(int number)
{
	(void)number;
	stop_request(&stop);
}

void lock_prepare(void)
{
	struct sigaction action = {.sa_handler = ask, .sa_flags = SA_RESTART};

	stop_init(&stop);
	sigemptyset(&action.sa_mask);
	REQUIRE(sigaction(SIGTERM, &action, NULL) == 0);
}

static void *keep(void *arg)
{
	struct keeper *keeper = arg;

	while (!stop_requested(&stop)) {
		keeper->move(keeper->canal);
		keeper->moved++;
	}
	return NULL;
}

long lock_run(lock_move *move, void *canal)
{
	struct keeper keepers[LOCK_KEEPERS];
	long moved = 0;

	for (int i = 0; i < LOCK_KEEPERS; i++) {
		keepers[i] = (struct keeper){.move = move, .canal = canal};
		NEED(pthread_create(&keepers[i].thread, NULL, keep, &keepers[i]));
	}
	while (!stop_wait(&stop, A_DAY))
		;
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		CHECK(pthread_join(keepers[i].thread, NULL));
		moved += keepers[i].moved;
	}
	return moved;
}
