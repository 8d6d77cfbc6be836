/*
 * A writer is cancelled in the middle of a write(), which is a cancellation
 * point, and takes the log's lock with it; main waits for that lock for ever.
 * After pappl's issue 417 and redis' pull request 15219.
 */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static int log_ends[2];

static void *writer(void *arg)
{
	static char lines[1 << 17]; /* more than a pipe holds, and nobody reads it */

	pthread_mutex_lock(&log_lock);
	if (write(log_ends[1], lines, sizeof lines) < 0)
		return arg;
	pthread_mutex_unlock(&log_lock);
	return arg;
}

int main(void)
{
	char first;
	pthread_t thread;

	if (pipe(log_ends) != 0)
		return 2;
	pthread_create(&thread, NULL, writer, NULL);
	if (read(log_ends[0], &first, 1) != 1) /* from now on the writer holds the lock, and waits */
		return 2;
	pthread_cancel(thread);
	pthread_join(thread, NULL);
	pthread_mutex_lock(&log_lock);
	return 0;
}
