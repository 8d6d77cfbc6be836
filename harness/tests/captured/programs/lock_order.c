/* Two locks, taken in both orders, by threads that do not overlap: no run of this deadlocks. */
#include <pthread.h>
static pthread_mutex_t accounts = PTHREAD_MUTEX_INITIALIZER, ledger = PTHREAD_MUTEX_INITIALIZER;
static void *transfer(void *unused)
{
	pthread_mutex_lock(&accounts);
	pthread_mutex_lock(&ledger);
	pthread_mutex_unlock(&ledger);
	pthread_mutex_unlock(&accounts);
	return unused;
}
static void *audit(void *unused)
{
	pthread_mutex_lock(&ledger);
	pthread_mutex_lock(&accounts);
	pthread_mutex_unlock(&accounts);
	pthread_mutex_unlock(&ledger);
	return unused;
}
int main(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, transfer, NULL);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, audit, NULL);
	pthread_join(thread, NULL);
	return 0;
}
