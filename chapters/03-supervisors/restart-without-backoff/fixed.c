/*
 * A supervisor keeps a mail worker alive. The worker is a process of its own: it
 * logs in to the provider and sends the letters of the outbox. The first letter
 * has no address, and the worker dies of it. The supervisor starts it again, after
 * a pause that doubles, and gives up when it has died ten times in ten seconds.
 *
 * Promise   a worker that cannot work is started ten times in ten seconds at most; then the parent is told.
 * Ends      holds: logins 10 in 2330 ms, parent told: yes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when starts <= 10
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
	LIFE = 20,	     /* ms from the worker's start to its death */
	DEATHS = 10,	     /* so many deaths ... */
	WINDOW = 10000,	     /* ... within so many ms are no longer bad luck */
	FIRST_PAUSE = 10,    /* ms */
	LONGEST_PAUSE = 500, /* nine of them fit into the window */
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

/* Notes a death, the latest of `count` until now. Whether there were too many of late. */
static bool too_many(int count)
{
	static long died_at[DEATHS]; /* the last ones, in turn */

	died_at[(count - 1) % DEATHS] = now;
	return count >= DEATHS && now - died_at[count % DEATHS] <= WINDOW;
}

/* Whether the work is done. If not, another start would not help: it is for the parent to decide. */
static bool supervise(void)
{
	long pause = FIRST_PAUSE, started = now;

	while (!worker_run()) {
		if (too_many(starts))
			return false;
		if (now - started >= WINDOW) /* it was in good health: this is a new failure */
			pause = FIRST_PAUSE;
		now += pause; /* here a real one would sleep */
		pause = 2 * pause < LONGEST_PAUSE ? 2 * pause : LONGEST_PAUSE;
		started = now;
	}
	return true;
}

int main(void)
{
	bool told = !supervise();

	return invariant(starts <= 10 && told, "logins %d in %ld ms, parent told: %s", starts, now,
			 told ? "yes" : "no");
}
