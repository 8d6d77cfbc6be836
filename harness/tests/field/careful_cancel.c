/* A thread that waits is cancelled; its handler gives the mutex back, and it is joined before both are destroyed. Right. */
#include <pthread.h>

static pthread_mutex_t lock;
static pthread_cond_t never;
static int waits; /* guarded by lock */

static void unlock(void *arg)
{
	pthread_mutex_unlock(arg);
}

static void *wait_for_ever(void *arg)
{
	pthread_mutex_lock(&lock);
	pthread_cleanup_push(unlock, &lock);
	waits = 1;
	for (;;)
		pthread_cond_wait(&never, &lock);
	pthread_cleanup_pop(1);
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_mutex_init(&lock, NULL);
	pthread_cond_init(&never, NULL);
	pthread_create(&thread, NULL, wait_for_ever, NULL);
	for (int seen = 0; !seen;) {
		pthread_mutex_lock(&lock);
		seen = waits;
		pthread_mutex_unlock(&lock);
	}
	pthread_cancel(thread);
	pthread_join(thread, NULL);
	pthread_cond_destroy(&never);
	pthread_mutex_destroy(&lock);
	return 0;
}
