/* The functions of Criterion that tests call, in a test's process. See runner.h. */
#define _GNU_SOURCE /* vasprintf() */
#include "runner.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

EXPORT struct criterion_options criterion_options = {.jobs = 1, .measure_time = true};
const struct criterion_test *current_test;
const struct criterion_suite *current_suite;
EXPORT extern const struct criterion_test *const criterion_current_test __attribute__((alias("current_test")));
EXPORT extern const struct criterion_suite *const criterion_current_suite __attribute__((alias("current_suite")));

static jmp_buf body_end;
static size_t passed; /* of this process: a forked child's assertions do not count */

static void enter(enum phase phase)
{
	runner_refuse_child();
	told->phase = phase;
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void call(void (*function)(void))
{
	if (function)
		function();
}

/* --- the three parts of a test --- */

void criterion_internal_test_setup(void)
{
	enter(SETUP);
	/* An assertion that fails here has nowhere to go on. */
	if (setjmp(body_end))
		abort();
	if (current_suite->data)
		call(current_suite->data->init);
	call(current_test->data->init);
}

/* pthread_exit() in the test's own thread: the process would end with status 0, by its last thread. */
static void refuse_thread_exit(void *unused)
{
	(void)unused;
	runner_refuse("pthread_exit() was called inside a test\n");
}

void criterion_internal_test_main(void (*body)(void))
{
	pthread_key_t key;

	if (pthread_key_create(&key, refuse_thread_exit) != 0 || pthread_setspecific(key, told) != 0)
		runner_refuse("a test has no room for a key of its thread\n");
	told->began_ns = now_ns();
	enter(BODY);
	if (!setjmp(body_end)) {
		if (current_test->data->param_)
			((void (*)(void *))body)(runner_parameter());
		else
			body();
	}
	pthread_key_delete(key);
	told->ended_ns = now_ns();
	told->failed_in_body = __atomic_load_n(&told->failed, __ATOMIC_RELAXED);
	told->passed = __atomic_load_n(&passed, __ATOMIC_RELAXED);
	enter(TEARDOWN);
}

void criterion_internal_test_teardown(void)
{
	if (!setjmp(body_end)) {
		call(current_test->data->fini);
		if (current_suite->data)
			call(current_suite->data->fini);
	}
	enter(OVER);
}

/* --- assertions --- */

/* Any thread may assert, also two at a time. */
void cri_asserts_passed_incr(void)
{
	__atomic_fetch_add(&passed, 1, __ATOMIC_RELAXED);
}

/* Room for so much text; NULL when there is none left. */
static void *told_room(size_t size)
{
	size_t at = __atomic_fetch_add(&told->used, size, __ATOMIC_RELAXED);

	return at + size <= sizeof told->text ? told->text + at : NULL;
}

void criterion_send_assert(struct criterion_assert_stats *assertion)
{
	size_t file = strlen(assertion->file) + 1, message = strlen(assertion->message) + 1;
	size_t size = sizeof(struct failure) + file + message;

	runner_refuse_child();
	if (assertion->passed)
		return;
	__atomic_fetch_add(&told->failed, 1, __ATOMIC_RELAXED);
	size += -size % _Alignof(struct failure);
	struct failure *failure = told_room(size);
	if (!failure)
		return;
	failure->line = assertion->line;
	failure->message = file;
	memcpy(failure->text, assertion->file, file);
	memcpy(failure->text + file, assertion->message, message);
	__atomic_store_n(&failure->size, size, __ATOMIC_RELEASE);
}

void criterion_abort_test(void)
{
	longjmp(body_end, 1);
}

void criterion_continue_test(void)
{
}

void criterion_skip_test(const char *format, ...)
{
	va_list args;

	runner_refuse_child();
	va_start(args, format);
	vsnprintf(told->why, sizeof told->why, format, args);
	va_end(args);
	told->skipped = true;
	exit(0);
}

void criterion_test_die(const char *format, ...)
{
	va_list args;

	runner_refuse_child();
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	told->died = true;
	exit(0);
}

/* --- their messages --- */

int cr_vasprintf(char **text, const char *format, va_list args)
{
	return vasprintf(text, format, args);
}

int cr_asprintf(char **text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int length = vasprintf(text, format, args);
	va_end(args);
	return length;
}

void cr_asprintf_free(char *text)
{
	free(text);
}

char *cr_translate_assert_msg(int index, ...)
{
	static const char *const formats[] = {
		[CRITERION_ASSERT_MSG_FAIL] = "The conditions for this assertion were not met.",
		[CRITERION_ASSERT_MSG_EXPR_FALSE] = "The expression %s is false.",
		[CRITERION_ASSERT_MSG_EXPR_AS_STRINGS_FALSE] =
			"The expression (as strings) %s is false: actual=`%s` expected=`%s`.",
		[CRITERION_ASSERT_MSG_IS_NULL] = "%s is null.",
		[CRITERION_ASSERT_MSG_IS_NOT_NULL] = "%s is not null.",
		[CRITERION_ASSERT_MSG_IS_EMPTY] = "%s is empty.",
		[CRITERION_ASSERT_MSG_IS_NOT_EMPTY] = "%s (`%s`) is not empty.",
	};
	va_list args;
	char *text = NULL;

	if (index < 0 || (size_t)index >= sizeof formats / sizeof *formats || !formats[index])
		abort();
	va_start(args, index);
	if (vasprintf(&text, formats[index], args) < 0)
		abort();
	va_end(args);
	return text;
}

/* --- memory for parameters: Criterion's is shared with the test's process, ours is copied by the fork --- */

void *cr_malloc(size_t size)
{
	return malloc(size);
}

void *cr_calloc(size_t count, size_t size)
{
	return calloc(count, size);
}

void *cr_realloc(void *memory, size_t size)
{
	return realloc(memory, size);
}

void cr_free(void *memory)
{
	free(memory);
}
