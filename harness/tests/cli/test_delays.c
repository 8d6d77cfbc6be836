/*
 * From the second run on, verify --delays lets threads be late by a chance that the
 * seed decides; and so do check and watch, with what has passed. The exercise's test
 * measures how late, and only where there is a seed: a busy machine makes threads
 * late too.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

static struct scratch scratch;

static const char tests[] = "#include <criterion/criterion.h>\n"
			    "#include <pthread.h>\n"
			    "#include <stdlib.h>\n"
			    "#include <time.h>\n"
			    "#include \"kit/check.h\"\n"
			    "#include \"line.h\"\n"
			    "enum { THREADS = 40, LATE = 3000 /* us */ };\n"
			    "static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n"
			    "static long now(void)\n"
			    "{\n"
			    "	struct timespec now;\n"
			    "	clock_gettime(CLOCK_MONOTONIC, &now);\n"
			    "	return now.tv_sec * 1000000 + now.tv_nsec / 1000;\n"
			    "}\n"
			    "static void *start(void *began)\n"
			    "{\n"
			    "	*(long *)began = now() - *(long *)began;\n"
			    "	return NULL;\n"
			    "}\n"
			    "static int any_late(const long took[])\n"
			    "{\n"
			    "	int late = 0;\n"
			    "	for (int i = 0; i < THREADS; i++)\n"
			    "		late += took[i] >= LATE;\n"
			    "	return late > 0 && getenv(\"LOOSE_DELAYS\");\n"
			    "}\n"
			    "Test(line, nobody_starts_late)\n"
			    "{\n"
			    "	long took[THREADS];\n"
			    "	for (int i = 0; i < THREADS; i++) {\n"
			    "		pthread_t thread;\n"
			    "		took[i] = now();\n"
			    "		NEED(pthread_create(&thread, NULL, start, &took[i]));\n"
			    "		CHECK(pthread_join(thread, NULL));\n"
			    "	}\n"
			    "	cr_assert(!any_late(took));\n"
			    "}\n"
			    "static void *end(void *ended)\n"
			    "{\n"
			    "	*(long *)ended = now();\n"
			    "	return NULL;\n"
			    "}\n"
			    "Test(line, nobody_ends_late)\n"
			    "{\n"
			    "	long took[THREADS];\n"
			    "	for (int i = 0; i < THREADS; i++) {\n"
			    "		pthread_t thread;\n"
			    "		NEED(pthread_create(&thread, NULL, end, &took[i]));\n"
			    "		CHECK(pthread_join(thread, NULL));\n"
			    "		took[i] = now() - took[i];\n"
			    "	}\n"
			    "	cr_assert(!any_late(took));\n"
			    "}\n"
			    "Test(line, nobody_locks_late)\n"
			    "{\n"
			    "	long took[THREADS];\n"
			    "	for (int i = 0; i < THREADS; i++) {\n"
			    "		took[i] = now();\n"
			    "		for (int j = 0; j < 4; j++) {\n"
			    "			CHECK(pthread_mutex_lock(&lock));\n"
			    "			CHECK(pthread_mutex_unlock(&lock));\n"
			    "		}\n"
			    "		took[i] = now() - took[i];\n"
			    "	}\n"
			    "	cr_assert(!any_late(took));\n"
			    "}\n";

static void make(void)
{
	scratch_make(&scratch);
	scratch_shell(&scratch, "mkdir -p work/" PITFALL " && cp solutions/" PITFALL "/line.c work/" PITFALL);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

/* In the place of the exercise's own. */
static void measure(void)
{
	scratch_write(&scratch, "exercises/" PITFALL "/test.c", tests);
}

TestSuite(delays, .init = make, .fini = unmake, .timeout = 300);

Test(delays, are_there_from_the_second_run_on)
{
	measure();
	struct outcome outcome =
		scratch_expect(&scratch, 1, "verify implicit --exercises --detector test --repeat 4 --delays 7");

	cr_assert(strstr(outcome.out, "In 3 of 4 runs it failed"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "nobody_starts_late"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "nobody_ends_late"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "nobody_locks_late"), "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

/* What begins late is called by its own name all the same. */
Test(delays, keep_the_name_of_a_thread)
{
	struct outcome outcome =
		scratch_expect(&scratch, 0, "verify implicit --exercises --detector budget --repeat 2 --delays 7");

	outcome_release(&outcome);
}

/* A thread that has said that it ends is counted until it has. The test itself is not late: a sem_wait() would be. */
Test(delays, hold_a_thread_back_before_the_budget_counts_its_end)
{
	scratch_write(&scratch, "exercises/" PITFALL "/test.c",
		      "#include <criterion/criterion.h>\n"
		      "#include <pthread.h>\n"
		      "#include <sched.h>\n"
		      "#include <semaphore.h>\n"
		      "#include \"kit/check.h\"\n"
		      "#include \"line.h\"\n"
		      "enum { TWO = 2, THREADS = 20 };\n"
		      "static sem_t go, said;\n"
		      "static void *say(void *arg)\n"
		      "{\n"
		      "	sem_wait(&go);\n"
		      "	sem_post(&said);\n"
		      "	return arg;\n"
		      "}\n"
		      "Test(line, counts_on_what_threads_say)\n"
		      "{\n"
		      "	pthread_t threads[TWO][THREADS];\n"
		      "	for (int wave = 0; wave < TWO; wave++) {\n"
		      "		for (int i = 0; i < THREADS; i++)\n"
		      "			NEED(pthread_create(&threads[wave][i], NULL, say, NULL));\n"
		      "		for (int i = 0; i < THREADS; i++)\n"
		      "			sem_post(&go);\n"
		      "		for (int i = 0; i < THREADS; i++)\n"
		      "			while (sem_trywait(&said) != 0)\n"
		      "				sched_yield();\n"
		      "	}\n"
		      "	for (int i = 0; i < TWO * THREADS; i++)\n"
		      "		CHECK(pthread_join(threads[i / THREADS][i % THREADS], NULL));\n"
		      "}\n");
	scratch_shell(&scratch, "sed -i 's/^ \\* budget .*/ * budget    silent when threads <= 21/' "
				"solutions/" PITFALL "/line.c");
	struct outcome outcome = scratch_expect(&scratch, 1, "check implicit");

	cr_assert(strstr(outcome.out, "'threads <= 21' does not hold"), "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

/* The first run passes, so that nothing else can refuse it. */
Test(delays, refuse_in_check_what_passed_by_luck)
{
	measure();
	struct outcome outcome = scratch_expect(&scratch, 1, "check implicit");

	cr_assert(strstr(outcome.out, "test: fails, but must pass (in 3 of 4 runs)"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "In the runs after the first, threads start"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "Not yet."), "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

Test(delays, refuse_in_watch_what_passed_by_luck)
{
	measure();
	struct outcome outcome = scratch_expect(&scratch, 1, "watch implicit --plain < /dev/null");

	cr_assert(strstr(outcome.out, "test: passes\n"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "All agree. Once more"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "test: fails in 3 of 4 runs: "), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "Refused: a test fails"), "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

/* What passes with late threads too has passed, and is told as ever. */
Test(delays, leave_in_check_what_passes)
{
	scratch_write(&scratch, "exercises/" PITFALL "/test.c",
		      "#include <criterion/criterion.h>\nTest(line, is_there)\n{\n}\n");
	struct outcome outcome = scratch_expect(&scratch, 0, "check implicit --json -");

	cr_assert(strstr(outcome.out, "\"runs\": 4"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.err, "test: passes, as it must be\n"), "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}
