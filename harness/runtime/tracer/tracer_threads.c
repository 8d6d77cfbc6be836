/* pthread_create() and its kin, main() and its end. See tracer.h. */
#include "tracer.h"

#include <pthread.h>
#include <stdlib.h>

/* The linker's names: of what the program calls, and of what it would have called. */
int __real_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*routine)(void *), void *arg);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*routine)(void *), void *arg);
int __real_pthread_join(pthread_t id, void **result);
int __wrap_pthread_join(pthread_t id, void **result);
int __real_pthread_detach(pthread_t id);
int __wrap_pthread_detach(pthread_t id);
int __real_main(int argc, char **argv, char **environment);
int __wrap_main(int argc, char **argv, char **environment);
_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

static struct place {
	void *(*routine)(void *);
	void *arg;
	pthread_t id;
	bool known; /* the id is there */
	bool joined;
} places[RECORDING_THREADS];

/* -1: none that was started here. Of those with this id the last one: the C library gives an id away again. */
static int thread_of(pthread_t id)
{
	for (int i = RECORDING_THREADS; i--;)
		if (__atomic_load_n(&places[i].known, __ATOMIC_ACQUIRE) && pthread_equal(places[i].id, id) &&
		    !places[i].joined)
			return i;
	return -1;
}

static void make_known(int thread, pthread_t id)
{
	places[thread].id = id;
	__atomic_store_n(&places[thread].known, true, __ATOMIC_RELEASE);
}

static const void *object_of(int thread)
{
	return (const void *)(intptr_t)thread;
}

/* Its frame is the one that the record of its caller has. */
static void on_end(void *unused)
{
	(void)unused;
	tracer_record(RECORD_END, NULL, 0, FRAME);
}

static void *run_thread(void *arg)
{
	struct place *place = arg;
	void *volatile result = NULL;

	tracer_become((int)(place - places));
	make_known((int)(place - places), pthread_self());
	tracer_record(RECORD_BEGIN, NULL, 0, FRAME);
	pthread_cleanup_push(on_end, NULL);
	result = place->routine(place->arg);
	pthread_cleanup_pop(1);
	return result;
}

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*routine)(void *), void *arg)
{
	int thread = tracer_records() ? tracer_new_thread() : -1;

	if (thread < 0)
		return __real_pthread_create(id, attributes, routine, arg);
	places[thread].routine = routine;
	places[thread].arg = arg;
	tracer_record(RECORD_START, object_of(thread), (int64_t)(uintptr_t)routine, FRAME);
	int error = __real_pthread_create(id, attributes, run_thread, &places[thread]);
	if (error)
		tracer_record(RECORD_START_FAILED, object_of(thread), error, FRAME);
	/* One that has begun has said itself who it is, and *id may be in memory that it has freed. */
	else if (!__atomic_load_n(&places[thread].known, __ATOMIC_ACQUIRE))
		make_known(thread, *id);
	return error;
}

int __wrap_pthread_join(pthread_t id, void **result)
{
	int thread = tracer_records() ? thread_of(id) : -1;

	if (thread < 0)
		return __real_pthread_join(id, result);
	tracer_record(RECORD_JOIN_WAIT, object_of(thread), 0, FRAME);
	int error = __real_pthread_join(id, result);
	if (error == 0) {
		places[thread].joined = true;
		tracer_record(RECORD_JOIN, object_of(thread), 0, FRAME);
	}
	return error;
}

int __wrap_pthread_detach(pthread_t id)
{
	int thread = tracer_records() ? thread_of(id) : -1;

	if (thread >= 0)
		tracer_record(RECORD_DETACH, object_of(thread), 0, FRAME);
	return __real_pthread_detach(id);
}

/* --- the program --- */

int __wrap_main(int argc, char **argv, char **environment)
{
	tracer_record(RECORD_BEGIN, NULL, 0, FRAME);
	int status = __real_main(argc, argv, environment);
	tracer_record(RECORD_EXIT, NULL, status, FRAME);
	return status;
}

_Noreturn void __wrap_exit(int status)
{
	tracer_record(RECORD_EXIT, NULL, status, FRAME);
	__real_exit(status);
}

/* Nothing of the program runs any more. */
_Noreturn void __wrap__exit(int status)
{
	tracer_record(RECORD_EXIT, NULL, status, FRAME);
	__real__exit(status);
}
