/*
 * Outcome: failed
 * Body: calls
 * The same by a request that the test's own thread obeys.
 */
#include <pthread.h>
static void trick(void)
{
	pthread_cancel(pthread_self());
	pthread_testcancel();
}
