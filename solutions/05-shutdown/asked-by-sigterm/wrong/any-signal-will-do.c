/*
 * Wrong. The handler may post a semaphore, and nothing is lost. But any other signal
 * that is handled interrupts sem_wait() as well, and why it has returned nobody asks.
 *
 * Tempting  the only signal that there is, is SIGTERM.
 * Refused   by a test: SIGUSR1 interrupts the thread, and its keepers are stopped.
 * Promise   SIGTERM ends lock_run(), whichever thread it reaches, and nothing is cut short.
 * test      fails ends_when_it_is_asked
 */
#include "lock.h"

#include <pthread.h>
#include <semaphore.h>
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

static sem_t asked;

static void note(int number)
{
	(void)number;
	sem_post(&asked);
}

void lock_prepare(void)
{
	sem_init(&asked, 0, 0);
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
	sem_wait(&asked);
	stop_request(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		CHECK(pthread_join(keepers[i].thread, NULL));
		moved += keepers[i].moved;
	}
	stop_destroy(&stop);
	return moved;
}
