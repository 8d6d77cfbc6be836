/*
 * Three mutexes that answer instead of hanging: one that its holder locks again and is told so, one whose holder ends with it
 * and whose next holder makes it usable again, and one of two processes. Right.
 *
 * After the examples of pthread_mutexattr_setrobust(3): Helgrind and DRD call the answers faults.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	pthread_mutex_t mutex;
	long count;
};

static pthread_mutex_t checking, robust;

static void init(pthread_mutex_t *mutex, int type, int robustness, int sharing)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, type);
	pthread_mutexattr_setrobust(&attributes, robustness);
	pthread_mutexattr_setpshared(&attributes, sharing);
	pthread_mutex_init(mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
}

static void *end_with_it(void *arg)
{
	pthread_mutex_lock(&robust);
	return arg;
}

static int checks(void)
{
	init(&checking, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE);
	pthread_mutex_lock(&checking);
	int answer = pthread_mutex_lock(&checking);
	pthread_mutex_unlock(&checking);
	pthread_mutex_destroy(&checking);
	return answer;
}

static int recovers(void)
{
	pthread_t thread;

	init(&robust, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_PRIVATE);
	pthread_create(&thread, NULL, end_with_it, NULL);
	pthread_join(thread, NULL);
	int answer = pthread_mutex_lock(&robust);
	pthread_mutex_consistent(&robust);
	pthread_mutex_unlock(&robust);
	return answer;
}

static long counted_by_two(void)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	init(&shared->mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);
	pid_t child = fork();
	for (int i = 0; i < 100; i++) {
		pthread_mutex_lock(&shared->mutex);
		shared->count++;
		pthread_mutex_unlock(&shared->mutex);
	}
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	return shared->count;
}

int main(void)
{
	return checks() != EDEADLK || recovers() != EOWNERDEAD || counted_by_two() != 200;
}
