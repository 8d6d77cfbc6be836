/* A signal handler publishes while it interrupts a thread that does nothing else: none is lost, none waits for itself. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "kit/check.h"
#include "kit/gauge.h"

enum { SIGNALS = 2000 };

static atomic_int handled;

static void on_signal(int number)
{
	(void)number;
	gauge_add("handled", 1);
	atomic_fetch_add(&handled, 1);
}

static void *publish(void *arg)
{
	(void)arg;
	while (atomic_load(&handled) < SIGNALS)
		gauge_add("published", 1);
	return NULL;
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	pthread_t thread;

	REQUIRE(sigaction(SIGUSR1, &action, NULL) == 0);
	CHECK(pthread_create(&thread, NULL, publish, NULL));
	for (int i = 0; i < SIGNALS; i++) {
		CHECK(pthread_kill(thread, SIGUSR1));
		/* One after the other: those that are pending become one. */
		while (atomic_load(&handled) <= i)
			;
	}
	CHECK(pthread_join(thread, NULL));
	return 0;
}
