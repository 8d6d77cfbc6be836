/*
 * The tutorial's first program: main() starts threads and ends by pthread_exit(), so that they may go on; an exit handler
 * says how many have spoken. The process ends with the last of them. Right.
 *
 * After the pthreads tutorial of LLNL (llnl/HPC-Tutorials issue 13): ThreadSanitizer's own thread kept it alive.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 3 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int spoken;

static void *speak(void *arg)
{
	pthread_mutex_lock(&lock);
	spoken++;
	pthread_mutex_unlock(&lock);
	pthread_exit(arg);
}

static void tell(void)
{
	pthread_mutex_lock(&lock);
	printf("spoken %d\n", spoken);
	pthread_mutex_unlock(&lock);
}

int main(void)
{
	pthread_t threads[THREADS];

	atexit(tell);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, speak, (void *)i);
	pthread_exit(NULL);
}
