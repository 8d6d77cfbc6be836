/* A mutex on the heap is destroyed while it is locked. */
#include <pthread.h>
#include <stdlib.h>
static void destroy_locked(pthread_mutex_t *lock)
{
	pthread_mutex_init(lock, NULL);
	pthread_mutex_lock(lock);
	pthread_mutex_destroy(lock);
}
int main(void)
{
	pthread_mutex_t *lock = malloc(sizeof *lock);
	destroy_locked(lock);
	free(lock);
	return 0;
}
