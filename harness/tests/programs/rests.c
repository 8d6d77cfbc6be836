/*
 * 8 threads that wait for most of a second, and change a gauge each 10 ms: more
 * than any program of the chapters. With the argument "measure" another thread
 * measures the program meanwhile, each 10 ms, and does no more than it must for
 * that. With "tell" it tells how often the monitor's own thread has slept.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/stop.h"

enum { THREADS = 8, CHANGES = 50, PAUSE = 10 /* ms */ };

static struct stop stop, over; /* nobody asks for the first one */
static struct timespec start;  /* written before there is a second thread */

static void *serve(void *unused)
{
	for (int i = 0; i < CHANGES; i++) {
		gauge_add("in_flight", 1);
		stop_wait(&stop, PAUSE);
		gauge_add("in_flight", -1);
		stop_wait(&stop, PAUSE);
	}
	return unused;
}

/* Its memory, its descriptors, and its CPU time. */
static void *measure(void *unused)
{
	char text[256];
	struct timespec used;

	while (!stop_wait(&over, PAUSE)) {
		int memory = open("/proc/self/statm", O_RDONLY);
		REQUIRE(memory >= 0 && read(memory, text, sizeof text) > 0 && close(memory) == 0);
		DIR *descriptors = opendir("/proc/self/fd");
		REQUIRE(descriptors);
		while (readdir(descriptors))
			;
		REQUIRE(closedir(descriptors) == 0);
		REQUIRE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0);
	}
	return unused;
}

/* How often the thread has given up the processor by itself; -1: it is not the monitor's. */
static long sleeps_of(const char *thread)
{
	static const char name[] = "Name:\tloose-monitor\n", key[] = "\nvoluntary_ctxt_switches:";
	char path[64], text[4096];

	snprintf(path, sizeof path, "/proc/self/task/%.16s/status", thread);
	int file = open(path, O_RDONLY);
	ssize_t got = file < 0 ? 0 : read(file, text, sizeof text - 1);
	REQUIRE(file < 0 || close(file) == 0);
	text[got > 0 ? got : 0] = '\0';
	const char *at = strncmp(text, name, sizeof name - 1) == 0 ? strstr(text, key) : NULL;
	return at ? strtol(at + sizeof key - 1, NULL, 10) : -1;
}

static void tell_sleeps(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct timespec now;

	REQUIRE(tasks);
	for (struct dirent *task; (task = readdir(tasks));) {
		long sleeps = sleeps_of(task->d_name);
		REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
		if (sleeps >= 0)
			printf("%ld sleeps in %ld ms\n", sleeps,
			       (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000);
	}
	REQUIRE(closedir(tasks) == 0);
}

/* The monitor has begun not long before. */
__attribute__((constructor)) static void note_start(void)
{
	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &start) == 0);
}

int main(int argc, char **argv)
{
	bool measures = argc > 1 && strcmp(argv[1], "measure") == 0, tells = argc > 1 && strcmp(argv[1], "tell") == 0;
	pthread_t threads[THREADS], meter;

	stop_init(&stop);
	stop_init(&over);
	if (measures)
		CHECK(pthread_create(&meter, NULL, measure, NULL));
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, serve, NULL));
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL));
	stop_request(&over);
	if (measures)
		CHECK(pthread_join(meter, NULL));
	if (tells)
		tell_sleeps();
	stop_destroy(&over);
	stop_destroy(&stop);
	return 0;
}
