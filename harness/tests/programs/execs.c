/* Leaves 4 threads running, fails to become one program, and becomes itself; then starts and joins 2. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gate.h"

static struct gate never = GATE_INITIALIZER;

static void *stay(void *arg)
{
	if (!arg)
		gate_wait(&never);
	return NULL;
}

static void start(int count, void *leave_at_once)
{
	pthread_t thread;

	for (int i = 0; i < count; i++) {
		CHECK(pthread_create(&thread, NULL, stay, leave_at_once));
		if (leave_at_once)
			CHECK(pthread_join(thread, NULL));
	}
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		start(2, &never);
		puts("the second image");
		return 0;
	}
	start(3, NULL);
	REQUIRE(execl("/nowhere", "nowhere", (char *)NULL) == -1 && errno == ENOENT);
	start(1, NULL);
	execlp("/proc/self/exe", "execs", "again", (char *)NULL);
	return 1;
}
