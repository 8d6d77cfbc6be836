/* Leaves 5 threads running and ends by _exit(), or as its argument says: quick_exit, exit in a thread, a bare call. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gate.h"

enum { LEFT = 5 };

static struct gate never = GATE_INITIALIZER;
static const char *how = "_exit";

static void end(void)
{
	if (strcmp(how, "quick_exit") == 0)
		quick_exit(0);
	if (strcmp(how, "_Exit") == 0)
		_Exit(0);
	if (strcmp(how, "_exit") == 0)
		_exit(0);
	exit(0);
}

static void *stay(void *arg)
{
	if (arg)
		end();
	gate_wait(&never);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1)
		how = argv[1];
	for (int i = 0; i < LEFT; i++) {
		void *ends = i == LEFT - 1 && strcmp(how, "thread") == 0 ? &never : NULL;
		CHECK(pthread_create(&thread, NULL, stay, ends));
	}
	if (strcmp(how, "thread") == 0)
		gate_wait(&never);
	end();
}
