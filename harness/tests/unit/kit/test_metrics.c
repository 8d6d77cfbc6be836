/* What chapters/kit/metrics.h exposes, and where. Each test is a process of its own, and so has an empty registry. */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kit/gauge.h"
#include "kit/metrics.h"

TestSuite(metrics, .timeout = 60);

static void expect_text(long threads, const char *expected)
{
	char text[METRICS_TEXT_SIZE];
	size_t length = metrics_text(text, threads);

	cr_assert_eq(length, strlen(expected), "%s", text);
	cr_assert_str_eq(text, expected);
}

Test(metrics, threads_are_always_there)
{
	expect_text(3, "# TYPE threads gauge\nthreads 3\n");
}

Test(metrics, gauges_and_counters_in_the_order_of_their_first_use)
{
	gauge_add("in_flight", 2);
	gauge_add("answered_total", 7);
	gauge_set("queue_depth", 10);
	gauge_add("in_flight", -1);
	gauge_set("queue_depth", -4);
	gauge_add("_total", 1);
	expect_text(12, "# TYPE threads gauge\nthreads 12\n# TYPE in_flight gauge\nin_flight 1\n"
			"# TYPE answered_total counter\nanswered_total 7\n# TYPE queue_depth gauge\nqueue_depth -4\n"
			"# TYPE _total gauge\n_total 1\n");
}

/* A bad line, or the same metric twice, would make Prometheus refuse the whole scrape. */
Test(metrics, what_is_no_name_is_not_exposed)
{
	static const char *const bad[] = {"",
					  "threads",
					  "in flight",
					  "9lives",
					  "a-b",
					  "a\n",
					  "caf\303\251",
					  "a{b=\"c\"}",
					  "a_name_of_thirty_two_characters_"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		gauge_set(bad[i], 1);
		gauge_add(bad[i], 1);
	}
	gauge_set("a_name_of_thirty_one_characters", 1);
	expect_text(1, "# TYPE threads gauge\nthreads 1\n# TYPE a_name_of_thirty_one_characters gauge\n"
		       "a_name_of_thirty_one_characters 1\n");
}

/* The longest names and values that there can be fit; a thirty-third gauge is left out and disturbs nobody. */
Test(metrics, a_full_registry)
{
	static char names[33][32];
	char text[METRICS_TEXT_SIZE];

	for (int i = 0; i < 33; i++) {
		snprintf(names[i], sizeof names[i], "a_name_of_thirty_one_chars_%02d_x", i);
		gauge_set(names[i], -9223372036854775807 - 1);
	}
	size_t length = metrics_text(text, 9223372036854775807);
	cr_assert_eq(length, strlen(text));
	cr_assert(strstr(text, "chars_31_x -9223372036854775808\n"));
	cr_assert_null(strstr(text, "chars_32"));
}

static void *name_them_all(void *arg)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};

	for (size_t i = 0; i < 8; i++)
		gauge_add(names[((size_t)(uintptr_t)arg + i) % 8], 1);
	return NULL;
}

/* Sixteen threads race to name eight gauges: each is there once, and has counted them all. */
Test(metrics, a_name_is_made_once)
{
	char text[METRICS_TEXT_SIZE];
	pthread_t threads[16];

	for (size_t i = 0; i < 16; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, name_them_all, (void *)i), 0);
	for (size_t i = 0; i < 16; i++)
		cr_assert_eq(pthread_join(threads[i], NULL), 0);
	metrics_text(text, 1);
	for (const char *name = "abcdefgh"; *name; name++) {
		char *line = mem_format("\n%c 16\n", *name), *at = strstr(text, line);
		cr_assert(at, "%s", text);
		cr_assert_null(strstr(at + 1, line));
		free(line);
	}
}

/* --- the server --- */

Test(metrics, a_port_that_is_taken_is_an_error)
{
	struct metrics first, second;

	cr_assert_eq(metrics_start(&first, 0), 0);
	cr_assert_gt(first.port, 0);
	errno = 0;
	cr_assert_eq(metrics_start(&second, first.port), -1);
	cr_assert_eq(errno, EADDRINUSE);
	metrics_request_stop(&first);
	metrics_stop(&first);
	/* It is free again at once. */
	cr_assert_eq(metrics_start(&second, first.port), 0);
	cr_assert_eq(second.port, first.port);
	metrics_request_stop(&second);
	metrics_stop(&second);
}

static void *await_a_scrape(void *arg)
{
	return metrics_await(arg, 1) ? arg : NULL;
}

Test(metrics, stop_wakes_who_waits_for_a_scrape)
{
	struct metrics metrics;
	pthread_t waiter;
	void *reached = &metrics;

	cr_assert_eq(metrics_start(&metrics, 0), 0);
	cr_assert(metrics_await(&metrics, 0));
	cr_assert_eq(pthread_create(&waiter, NULL, await_a_scrape, &metrics), 0);
	metrics_request_stop(&metrics);
	metrics_request_stop(&metrics);
	cr_assert_eq(pthread_join(waiter, &reached), 0);
	cr_assert_null(reached);
	cr_assert_not(metrics_await(&metrics, 0));
	metrics_stop(&metrics);
}
