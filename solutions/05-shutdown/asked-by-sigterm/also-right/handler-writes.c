/*
 * A handler, and it may run in any thread: it writes into a pipe, from which
 * lock_run() reads. What was written stays there, so that a signal which comes
 * early, or between a look and a wait, is not lost. The keepers block the signal.
 *
 * Promise   SIGTERM ends lock_run(), whichever thread it reaches, and nothing is cut short.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started, descriptors at exit <= start
 */
#include "lock.h"

#include <errno.h>
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

static void *keep(void *arg)
{
	struct keeper *keeper = arg;

	while (!stop_requested(keeper->stop)) {
		keeper->move(keeper->canal);
		keeper->moved++;
	}
	return NULL;
}

static int ends[2]; /* of a pipe: where lock_run() reads, and where the handler writes */

/* Of what a handler may call, write() is what another thread can wait for. */
static void note(int number)
{
	int error = errno;

	(void)number;
	while (write(ends[1], "", 1) < 0)
		if (errno != EINTR)
			_exit(1);
	errno = error;
}

void lock_prepare(void)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};

	HAVE(pipe(ends) == 0);
	sigemptyset(&action.sa_mask);
	REQUIRE(sigaction(SIGTERM, &action, NULL) == 0);
}

/* The handler writes nowhere any more. */
static void forget(void)
{
	REQUIRE(signal(SIGTERM, SIG_IGN) != SIG_ERR);
	close(ends[0]);
	close(ends[1]);
}

/* Starts the keepers with SIGTERM blocked: the handler runs in another thread, and no call of theirs is interrupted. */
static void start(struct keeper *keepers)
{
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	CHECK(pthread_sigmask(SIG_BLOCK, &set, &before));
	for (int i = 0; i < LOCK_KEEPERS; i++)
		NEED(pthread_create(&keepers[i].thread, NULL, keep, &keepers[i]));
	CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL));
}

long lock_run(lock_move *move, void *canal)
{
	struct keeper keepers[LOCK_KEEPERS];
	struct stop stop;
	long moved = 0;
	char byte;

	stop_init(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++)
		keepers[i] = (struct keeper){.move = move, .canal = canal, .stop = &stop};
	start(keepers);
	while (read(ends[0], &byte, 1) != 1)
		REQUIRE(errno == EINTR);
	stop_request(&stop);
	for (int i = 0; i < LOCK_KEEPERS; i++) {
		CHECK(pthread_join(keepers[i].thread, NULL));
		moved += keepers[i].moved;
	}
	stop_destroy(&stop);
	forget();
	return moved;
}
