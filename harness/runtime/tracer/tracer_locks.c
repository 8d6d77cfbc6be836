/* Mutexes and conditions. See tracer.h. */
#include "tracer.h"

#include <pthread.h>
#include <time.h>

int __real_pthread_mutex_trylock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *lock);
int __real_pthread_mutex_lock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_lock(pthread_mutex_t *lock);
int __real_pthread_mutex_unlock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *lock);
int __real_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock);
int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock);
int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *end);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *end);
int __real_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);
int __real_pthread_cond_broadcast(pthread_cond_t *condition);
int __wrap_pthread_cond_broadcast(pthread_cond_t *condition);

int __wrap_pthread_mutex_trylock(pthread_mutex_t *lock)
{
	int error = __real_pthread_mutex_trylock(lock);

	if (error == 0)
		tracer_record(RECORD_LOCK, lock, 0, FRAME);
	return error;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *lock)
{
	int error = __real_pthread_mutex_trylock(lock);

	if (error) {
		tracer_record(RECORD_LOCK_WAIT, lock, 0, FRAME);
		error = __real_pthread_mutex_lock(lock);
	}
	if (error == 0)
		tracer_record(RECORD_LOCK, lock, 0, FRAME);
	return error;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *lock)
{
	tracer_record(RECORD_UNLOCK, lock, 0, FRAME);
	return __real_pthread_mutex_unlock(lock);
}

int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock)
{
	tracer_record(RECORD_COND_WAIT, condition, (int64_t)(uintptr_t)lock, FRAME);
	int error = __real_pthread_cond_wait(condition, lock);
	tracer_record(RECORD_COND_GO, condition, error, FRAME);
	return error;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *end)
{
	tracer_record(RECORD_COND_WAIT, condition, (int64_t)(uintptr_t)lock, FRAME);
	int error = __real_pthread_cond_timedwait(condition, lock, end);
	tracer_record(RECORD_COND_GO, condition, error, FRAME);
	return error;
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
	tracer_record(RECORD_SIGNAL, condition, 0, FRAME);
	return __real_pthread_cond_signal(condition);
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *condition)
{
	tracer_record(RECORD_BROADCAST, condition, 0, FRAME);
	return __real_pthread_cond_broadcast(condition);
}
