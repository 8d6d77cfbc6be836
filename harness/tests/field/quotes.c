/* Prints what looks like reports: it explains them to somebody, and does nothing wrong. */
#include <pthread.h>
#include <stdio.h>

static void *explain(void *arg)
{
	fprintf(stderr, "WARNING: ThreadSanitizer: data race (pid=1)\n");
	fprintf(stderr, "==1== Possible data race during read of size 4 at 0x1 by thread #1\n");
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, explain, NULL);
	pthread_join(thread, NULL);
	return 0;
}
