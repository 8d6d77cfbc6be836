/*
 * Two movers take two shelves' locks in opposite order, and each has its first
 * before either asks for its second: a deadlock in every run. The classic of
 * every course on threads.
 */
#include <pthread.h>

static pthread_mutex_t upper = PTHREAD_MUTEX_INITIALIZER, lower = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t each_has_one;

static void move(pthread_mutex_t *from, pthread_mutex_t *to)
{
	pthread_mutex_lock(from);
	pthread_barrier_wait(&each_has_one);
	pthread_mutex_lock(to);
	pthread_mutex_unlock(to);
	pthread_mutex_unlock(from);
}

static void *up(void *arg)
{
	move(&lower, &upper);
	return arg;
}

static void *down(void *arg)
{
	move(&upper, &lower);
	return arg;
}

int main(void)
{
	pthread_t one, other;

	pthread_barrier_init(&each_has_one, NULL, 2);
	pthread_create(&one, NULL, up, NULL);
	pthread_create(&other, NULL, down, NULL);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	return 0;
}
