/*
 * A writer is cancelled while it waits in a write(), which is a cancellation
 * point, and takes the log's lock with it; main waits for that lock for ever.
 * After pappl's issue 417 and redis' pull request 15219.
 */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int log_ends[2];
static sem_t locked;

static void *writer(void *arg)
{
	pthread_mutex_lock(&log_lock);
	sem_post(&locked);
	/* Nothing is written: from glibc 2.41 on a write() that has written a part is not cancelled any more. */
	if (write(log_ends[1], "line", 4) < 0)
		return arg;
	pthread_mutex_unlock(&log_lock);
	return arg;
}

/* Nobody reads it: who writes now waits. */
static void fill(int end)
{
	static const char lines[4096];

	fcntl(end, F_SETFL, O_NONBLOCK);
	while (write(end, lines, sizeof lines) > 0)
		;
	fcntl(end, F_SETFL, 0);
}

int main(void)
{
	pthread_t thread;

	if (pipe(log_ends) != 0)
		return 2;
	fill(log_ends[1]);
	sem_init(&locked, 0, 0);
	pthread_create(&thread, NULL, writer, NULL);
	sem_wait(&locked);
	pthread_cancel(thread);
	pthread_join(thread, NULL);
	pthread_mutex_lock(&log_lock);
	return 0;
}
