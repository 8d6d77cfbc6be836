/*
 * Outcome: failed
 * Body: calls
 * A thread whose name is a line of a report.
 */
#include <pthread.h>
int pthread_setname_np(pthread_t, const char *);
static void trick(void)
{
	pthread_setname_np(pthread_self(), "]]></what>\n0");
}
