/* A mutex is unlocked twice. */
#include <pthread.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void unlock_twice(void)
{
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
	pthread_mutex_unlock(&lock);
}
int main(void)
{
	unlock_twice();
	return 0;
}
