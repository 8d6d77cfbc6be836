/*
 * pthread_create() and its kin. A thread counts from the moment its creation
 * is known, to its creator or to itself, whichever is first, until its start
 * routine has returned, called pthread_exit() or was cancelled; main() too. It
 * is joined when a join has returned. See monitor.h.
 */
#define _GNU_SOURCE /* joins with a deadline */
#include "monitor.h"

#include "runtime/delays.h"

/* Of programs that are linked with it. */
#pragma weak loose_begins_late
#pragma weak loose_ends_late

/* --- creation --- */

/* NULL: do not watch this one. */
static struct thread *prepare(uintptr_t routine, const pthread_attr_t *attributes, void *frame)
{
	struct section section;
	struct trace trace;
	int detach = PTHREAD_CREATE_JOINABLE;

	/* ThreadSanitizer's own thread is the one that it starts without attributes. */
	if ((monitor_is_tsan() && !attributes) || !section_enter(&section))
		return NULL;
	trace_take(&trace, frame);
	struct thread *record = record_new();
	if (record) {
		if (attributes)
			pthread_attr_getdetachstate(attributes, &detach);
		record->site = site_of(routine, &trace);
		record->detached = detach == PTHREAD_CREATE_DETACHED;
	} else {
		state->lost = "a thread: no memory for its record";
	}
	section_leave(&section);
	return record;
}

/* In the creator. The id may be read only while the new thread is held back: its memory may be the new thread's. */
static void after_create(struct thread *record, const pthread_t *id, bool failed)
{
	struct section section;

	if (!section_enter(&section))
		return;
	if (failed) {
		record_free(record);
	} else {
		record->created = true;
		if (!record->known) {
			record_make_known(record, *id);
			count_start(record);
		}
		record_drop_if_over(record);
	}
	section_leave(&section);
}

/* In the new thread, before anything of the program runs there. */
static void enter_thread(struct thread *record)
{
	struct section section;

	if (!section_enter(&section))
		return;
	if (!record->known) {
		record_make_known(record, pthread_self());
		count_start(record);
	}
	section_leave(&section);
}

void thread_main_ended(void *unused)
{
	struct section section;

	(void)unused;
	if (!section_enter(&section))
		return;
	count_main_end();
	section_leave(&section);
}

static void leave_thread(void *arg)
{
	struct thread *record = arg;
	struct section section;

	if (&loose_ends_late)
		loose_ends_late();
	if (!section_enter(&section))
		return;
	if (record->pid == state->pid) {
		count_end(record);
		record_drop_if_over(record);
	} else {
		/* In a forked child the thread that forked is all there is at first, and counts as main's. */
		count_main_end();
	}
	section_leave(&section);
}

static void *run_thread(void *arg)
{
	struct thread *record = arg;
	void *(*routine)(void *) = record->routine, *routine_arg = record->arg, *volatile result = NULL;

	enter_thread(record);
	pthread_cleanup_push(leave_thread, record);
	result = routine(routine_arg);
	pthread_cleanup_pop(1);
	return result;
}

static int run_c11_thread(void *arg)
{
	struct thread *record = arg;
	int (*routine)(void *) = record->c11_routine;
	void *routine_arg = record->arg;
	volatile int result = 0;

	enter_thread(record);
	pthread_cleanup_push(leave_thread, record);
	result = routine(routine_arg);
	pthread_cleanup_pop(1);
	return result;
}

/* The thread's own function, which may begin late. */
static uintptr_t own_routine(void *(*routine)(void *), void *arg)
{
	bool late = &loose_begins_late && routine == loose_begins_late;

	return late ? *(uintptr_t *)arg : (uintptr_t)routine;
}

EXPORT int pthread_create(pthread_t *restrict id, const pthread_attr_t *restrict attributes, void *(*routine)(void *),
			  void *restrict arg)
{
	struct thread *record = prepare(own_routine(routine, arg), attributes, __builtin_frame_address(0));

	if (!record)
		return real()->pthread_create(id, attributes, routine, arg);
	record->routine = routine;
	record->arg = arg;
	int error = real()->pthread_create(id, attributes, run_thread, record);
	after_create(record, id, error != 0);
	return error;
}

EXPORT int thrd_create(thrd_t *id, thrd_start_t routine, void *arg)
{
	struct thread *record = prepare((uintptr_t)routine, NULL, __builtin_frame_address(0));

	if (!record)
		return real()->thrd_create(id, routine, arg);
	record->c11_routine = routine;
	record->arg = arg;
	int error = real()->thrd_create(id, run_c11_thread, record);
	after_create(record, id, error != thrd_success);
	return error;
}

/* --- joining and detaching --- */

/* The record is held: once the join has returned, its id may be another thread's. */
static struct thread *before_join(pthread_t id)
{
	struct section section;

	if (!section_enter(&section))
		return NULL;
	struct thread *record = record_of(id);
	if (record)
		record->joiners++;
	section_leave(&section);
	return record;
}

static void after_join(struct thread *record, bool joined)
{
	struct section section;

	if (!record || !section_enter(&section))
		return;
	record->joiners--;
	if (joined)
		count_joined(record);
	record_drop_if_over(record);
	section_leave(&section);
}

EXPORT int pthread_join(pthread_t id, void **result)
{
	struct thread *record = before_join(id);
	int error = real()->pthread_join(id, result);

	after_join(record, error == 0);
	return error;
}

EXPORT int pthread_tryjoin_np(pthread_t id, void **result)
{
	struct thread *record = before_join(id);
	int error = real()->pthread_tryjoin_np(id, result);

	after_join(record, error == 0);
	return error;
}

EXPORT int pthread_timedjoin_np(pthread_t id, void **result, const struct timespec *until)
{
	struct thread *record = before_join(id);
	int error = real()->pthread_timedjoin_np(id, result, until);

	after_join(record, error == 0);
	return error;
}

EXPORT int pthread_clockjoin_np(pthread_t id, void **result, clockid_t clock, const struct timespec *until)
{
	struct thread *record = before_join(id);
	int error = real()->pthread_clockjoin_np(id, result, clock, until);

	after_join(record, error == 0);
	return error;
}

EXPORT int thrd_join(thrd_t id, int *result)
{
	struct thread *record = before_join(id);
	int error = real()->thrd_join(id, result);

	after_join(record, error == thrd_success);
	return error;
}

/* Counted before: a thread that ends in between is one that nobody needs to join. */
static struct thread *before_detach(pthread_t id)
{
	struct section section;

	if (!section_enter(&section))
		return NULL;
	struct thread *record = record_of(id);
	if (record && record->detached)
		record = NULL;
	if (record) {
		record->joiners++;
		count_detached(record, 1);
	}
	section_leave(&section);
	return record;
}

static void after_detach(struct thread *record, bool failed)
{
	struct section section;

	if (!record || !section_enter(&section))
		return;
	record->joiners--;
	if (failed)
		count_detached(record, -1);
	record_drop_if_over(record);
	section_leave(&section);
}

EXPORT int pthread_detach(pthread_t id)
{
	struct thread *record = before_detach(id);
	int error = real()->pthread_detach(id);

	after_detach(record, error != 0);
	return error;
}

EXPORT int thrd_detach(thrd_t id)
{
	struct thread *record = before_detach(id);
	int error = real()->thrd_detach(id);

	after_detach(record, error != thrd_success);
	return error;
}
