/*
 * Is asked to stop, and does: by its handler, by a thread that waits for the
 * signal, or, with signal(), by one that is called once. What sigaction() says
 * is installed is what the program installed.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kit/check.h"

static volatile sig_atomic_t asked;

static void on_stop(int number)
{
	asked = number;
}

static void on_stop_info(int number, siginfo_t *info, void *context)
{
	(void)context;
	asked = info->si_signo == number ? number : 0;
}

static void by_handler(void)
{
	struct sigaction action = {.sa_sigaction = on_stop_info, .sa_flags = SA_SIGINFO}, now;

	REQUIRE(sigaction(SIGTERM, &action, NULL) == 0);
	REQUIRE(sigaction(SIGTERM, NULL, &now) == 0 && now.sa_sigaction == on_stop_info);
	REQUIRE(kill(getpid(), SIGTERM) == 0);
}

static void by_signal(void)
{
	struct sigaction now;

	REQUIRE(signal(SIGTERM, on_stop) == SIG_DFL);
	REQUIRE(signal(SIGTERM, on_stop) == on_stop);
	REQUIRE(raise(SIGTERM) == 0);
	/* By the C standard alone, a handler is called once. */
	REQUIRE(sigaction(SIGTERM, NULL, &now) == 0 && now.sa_handler == SIG_DFL);
}

static void by_waiting(void)
{
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL));
	REQUIRE(kill(getpid(), SIGTERM) == 0);
	CHECK(sigwait(&set, &number));
	asked = number;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "never";

	if (strcmp(how, "handler") == 0)
		by_handler();
	else if (strcmp(how, "signal") == 0)
		by_signal();
	else if (strcmp(how, "waiting") == 0)
		by_waiting();
	printf("asked %d\n", (int)asked);
	return 0;
}
