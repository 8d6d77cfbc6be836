/*
 * A supervisor keeps a mail worker alive. The worker is a process of its own: it
 * logs in to the provider and sends the letters of the outbox. The first letter
 * has no address, and the worker dies of it. The supervisor starts it again.
 *
 * Promise   a worker that cannot work is started ten times in ten seconds at most; then the parent is told.
 * Ends      broken: logins 100 in 2000 ms, parent told: no
 * tsan      blind  no two threads are there, and each process is right by itself
 * helgrind  blind  no two threads are there, and each process is right by itself
 * drd       blind  no two threads are there, and each process is right by itself
 * memcheck  blind  each worker uses only memory that it owns, and gives it back by dying
 * budget    fires  starts in worker_run when starts <= 10
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gauge.h"

enum {
	LIFE = 20,  /* ms from the worker's start to its death */
	PLUG = 100, /* starts, after which a person pulls the plug */
};

static const char *const outbox[] = {"", "ada@example.org", "bob@example.org"};

static long now; /* ms on the program's own clock, which is turned by hand: nobody waits for it */
static int starts;

/* Returns an error number. */
static int send_letter(const char *address)
{
	return strchr(address, '@') ? 0 : EDESTADDRREQ;
}

/* In a process of its own. Whatever goes wrong here ends that process, and nothing else. */
static _Noreturn void worker_main(void)
{
	for (size_t i = 0; i < sizeof outbox / sizeof *outbox; i++)
		if (send_letter(outbox[i]) != 0)
			_exit(EXIT_FAILURE); /* not exit(): what is buffered is the parent's, and would be printed twice */
	_exit(EXIT_SUCCESS);
}

/* Starts the worker and waits for its end. Whether it has done its work. */
static bool worker_run(void)
{
	int status;

	starts++;
	gauge_add("starts", 1);
	pid_t worker = fork(); /* there is one thread here, so the child has all that it needs */
	HAVE(worker >= 0);
	if (worker == 0)
		worker_main();
	while (waitpid(worker, &status, 0) < 0)
		REQUIRE(errno == EINTR);
	now += LIFE;
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

/* Whether the work is done. */
static bool supervise(void)
{
	while (!worker_run()) {
		/* The next one logs in, finds the same letter, and dies of it. */
		if (starts == PLUG)
			exit(invariant(false, "logins %d in %ld ms, parent told: no", starts, now));
	}
	return true;
}

int main(void)
{
	bool told = !supervise();

	return invariant(starts <= 10 && told, "logins %d in %ld ms, parent told: %s", starts, now,
			 told ? "yes" : "no");
}
