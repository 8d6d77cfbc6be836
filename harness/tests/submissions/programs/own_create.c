/*
 * Outcome: tampered
 * Body: racy
 * Its own pthread_create() runs the thread where it stands.
 */
#include <pthread.h>
int pthread_create(pthread_t *restrict id, const pthread_attr_t *restrict how, void *(*run)(void *), void *restrict arg)
{
	*id = pthread_self();
	(void)how;
	run(arg);
	return 0;
}
