/* Takes a hundred locks, one after the other, and gives them back. Right, and more than ThreadSanitizer has room for. */
#include <pthread.h>

enum { LOCKS = 100 };
static pthread_mutex_t locks[LOCKS];

static void *take_all(void *arg)
{
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_lock(&locks[i]);
	for (int i = LOCKS; i--;)
		pthread_mutex_unlock(&locks[i]);
	return arg;
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_init(&locks[i], NULL);
	pthread_create(&thread, NULL, take_all, NULL);
	pthread_join(thread, NULL);
	return 0;
}
