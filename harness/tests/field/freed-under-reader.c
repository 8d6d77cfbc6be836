/*
 * A reader uses a session that main frees and forgets, and crashes on the empty
 * pointer, in every run. After curl's issue 17256, a connection freed under use.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

static struct session {
	long id;
} * session;
static volatile int forgotten; /* read without a lock: order for the clock, none for a detector */

static void *reader(void *arg)
{
	while (!forgotten)
		;
	printf("session %ld\n", session->id);
	return arg;
}

int main(void)
{
	pthread_t thread;

	session = malloc(sizeof *session);
	if (!session)
		return 2;
	session->id = 41;
	pthread_create(&thread, NULL, reader, NULL);
	free(session);
	session = NULL;
	forgotten = 1;
	pthread_join(thread, NULL);
	return 0;
}
