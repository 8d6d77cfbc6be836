/*
 * Outcome: failed
 * Body: calls
 * The test's own thread ends, and with the last thread the process, with the status 0 and no assertion after it.
 */
#include <pthread.h>
static void trick(void)
{
	pthread_exit((void *)0);
}
