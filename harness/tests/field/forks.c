/*
 * A program with a thread tries two calls in children, as tests do: one child ends by exit() with a handler of its own,
 * the other aborts. The parent looks at how they ended, and joins its thread. Right.
 *
 * After google/sanitizers issue 464: the child's copy of the thread was a leak; and the abort made the budget blind.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void bye(void)
{
	printf("child: bye\n");
}

static void *work(void *arg)
{
	return arg;
}

static int status_of(pid_t child)
{
	int status = 0;

	waitpid(child, &status, 0);
	return status;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, work, NULL);
	pid_t polite = fork();
	if (polite == 0) {
		atexit(bye);
		exit(3);
	}
	pid_t rude = fork();
	if (rude == 0)
		abort();
	int status = status_of(polite), other = status_of(rude);
	pthread_join(thread, NULL);
	printf("one ended with %d, the other by a signal: %d\n", WEXITSTATUS(status), WIFSIGNALED(other));
	return 0;
}
