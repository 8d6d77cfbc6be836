/* A block that nothing points to, and a thread that nobody joins. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static void *lose(void *unused)
{
	void *volatile lost = malloc(64);
	lost = NULL;
	(void)lost;
	return unused;
}
int main(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, lose, NULL);
	usleep(200000);
	return 0;
}
