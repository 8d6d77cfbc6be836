/* Which tests there are, their order, and their processes. See runner.h. */
#define _GNU_SOURCE /* MAP_ANONYMOUS, pthread_setattr_default_np() */
#include "runner.h"

#include <criterion/parameterized.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <valgrind/memcheck.h>

#include "runtime/sender.h"
#include "sections.h"

EXPORT int main(void);

struct told *told;

static struct sender sender;
static bool some_killed;     /* and not by the runner */
static struct suite *suites; /* sorted by name */
static size_t suite_count;
static bool fails_fast; /* no test is begun once one has failed */

/*
 * The one test to run, by name; NULL: all. It is for who looks at it in a debugger: it has no time limit, and stays in the
 * terminal's session.
 */
static const char *only;

/* In a test's process. */
static pid_t test_process;
static void *parameter;

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "the test runner cannot go on: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void *resize(void *items, size_t count, size_t size)
{
	items = realloc(items, count * size);
	if (!items)
		give_up("no memory");
	return items;
}

/* --- the tests, in Criterion's order: by name, the suites and the tests of each --- */

static struct suite *suite_named(const char *name, struct criterion_test_extra_data *data)
{
	size_t at = 0;
	int order = 1;

	while (at < suite_count && (order = strcmp(name, suites[at].suite.name)) > 0)
		at++;
	if (at < suite_count && order == 0)
		return &suites[at];
	suites = resize(suites, suite_count + 1, sizeof *suites);
	memmove(suites + at + 1, suites + at, (suite_count++ - at) * sizeof *suites);
	suites[at] = (struct suite){.suite = {.name = name, .data = data}};
	return &suites[at];
}

static void add_test(struct suite *suite, struct criterion_test *test)
{
	size_t at = 0;

	while (at < suite->test_count && strcmp(test->name, suite->tests[at]->name) > 0)
		at++;
	suite->tests = resize(suite->tests, suite->test_count + 1, sizeof *suite->tests);
	memmove(suite->tests + at + 1, suite->tests + at, (suite->test_count++ - at) * sizeof *suite->tests);
	suite->tests[at] = test;
}

static void find_tests(void)
{
	const struct test_sections *all = &loose_test_sections;

	for (struct criterion_suite **suite = all->suites; suite < all->suites_end; suite++)
		suite_named((*suite)->name, (*suite)->data);
	for (struct criterion_test **test = all->tests; test < all->tests_end; test++)
		add_test(suite_named((*test)->category, NULL), *test);
}

/* --- a test's process --- */

/*
 * From here the image goes on as if it had just been started, until main().
 * A session of its own: what it sends to its group reaches nobody else.
 */
static void become_test(struct suite *suite, struct criterion_test *test, const sigset_t *mask, pid_t runner)
{
	if (!only)
		setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != runner)
		_exit(127);
	if (sender.open && getenv(CHANNEL_CLOSE_VARIABLE))
		close(sender.descriptor);
	sender_forget(&sender);
	/* Its own may be looked at. */
	prctl(PR_SET_DUMPABLE, 1);
	sigprocmask(SIG_SETMASK, mask, NULL);
	test_process = getpid();
	current_test = test;
	current_suite = &suite->suite;
}

/* The image that goes on is a test's process; the runner has ended in its constructor. */
int main(void)
{
	if (current_test)
		current_test->test();
	return 0;
}

void runner_refuse(const char *why)
{
	/* Nothing is left to do if this fails. */
	if (write(STDERR_FILENO, why, strlen(why)) < 0)
		abort();
	abort();
}

void runner_refuse_child(void)
{
	if (getpid() != test_process)
		runner_refuse("only the test's own process may assert\n");
}

void *runner_parameter(void)
{
	return parameter;
}

/* --- in the runner --- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double limit_of(const struct suite *suite, const struct criterion_test *test)
{
	if (only)
		return INFINITY;
	if (test->data->timeout > 0)
		return test->data->timeout;
	return suite->suite.data && suite->suite.data->timeout > 0 ? suite->suite.data->timeout : INFINITY;
}

/* False when the time is over first. SIGCHLD is blocked, and waits if it came before. */
static bool await_end(pid_t process, double end)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		siginfo_t ended = {.si_pid = 0};
		if (waitid(P_PID, (id_t)process, &ended, WEXITED | WNOHANG | WNOWAIT) != 0)
			give_up("waitid");
		if (ended.si_pid)
			return true;
		double left = end - now();
		if (left <= 0)
			return false;
		struct timespec time = {.tv_sec = 3600};
		if (left < 3600) {
			time.tv_sec = (time_t)left;
			time.tv_nsec = (long)((left - (double)time.tv_sec) * 1e9);
		}
		sigtimedwait(&child, NULL, &time);
	}
}

/* The process ended, as if all were well, in the middle of a test that is not to end it. */
static bool ended_early(const struct criterion_test_extra_data *data, int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 && !data->signal && !data->exit_code;
}

/* As Criterion has it, by how far the test had come when its process ended, and how it ended. */
static void judge(struct outcome *outcome, int status)
{
	const struct criterion_test_extra_data *data = outcome->test->data;
	bool killed = WIFSIGNALED(status);
	size_t failed = told->failed;
	int signal = 0, code = 0;

	if (told->skipped || told->died) {
		;
	} else if (told->phase >= TEARDOWN) {
		/* What the body's end says is said. */
		outcome->warns = killed;
		failed = told->failed_in_body;
	} else if (told->phase != BODY || (killed && !data->signal) || ended_early(data, status)) {
		outcome->how = CRASHED;
		return;
	} else {
		signal = killed ? WTERMSIG(status) : 0;
		code = killed ? 0 : WEXITSTATUS(status);
	}
	if (told->died || failed || signal != data->signal || code != data->exit_code)
		outcome->how = FAILED;
	else if (told->skipped)
		outcome->how = SKIPPED;
}

/* Keeps what was told; the next test writes over it. */
static struct told *copy_told(void)
{
	size_t text = told->used < sizeof told->text ? told->used : sizeof told->text;
	size_t size = offsetof(struct told, text) + text;

	return memcpy(resize(NULL, 1, size < sizeof *told ? size + 1 : size), told, size);
}

static struct outcome *add_outcome(struct suite *suite, const struct criterion_test *test)
{
	suite->outcomes = resize(suite->outcomes, suite->outcome_count + 1, sizeof *suite->outcomes);
	struct outcome *outcome = &suite->outcomes[suite->outcome_count++];
	*outcome = (struct outcome){.test = test, .how = PASSED};
	return outcome;
}

/* True in the test's process. */
static bool run_one(struct suite *suite, struct criterion_test *test, void *argument, const sigset_t *mask)
{
	pid_t runner = getpid();
	double began = now();
	int status;

	memset(told, 0,
	       offsetof(struct told, text) + (told->used < sizeof told->text ? told->used : sizeof told->text));
	parameter = argument;
	fflush(NULL);
	pid_t process = fork();
	if (process < 0)
		give_up("fork");
	if (process == 0) {
		become_test(suite, test, mask, runner);
		return true;
	}
	struct outcome *outcome = add_outcome(suite, test);
	outcome->process = process;
	bool ended = await_end(process, began + limit_of(suite, test));
	/* The whole group, before its number can be another's: what a test has started ends with it. */
	if (!only)
		kill(-process, SIGKILL);
	if (!ended)
		kill(process, SIGKILL);
	while (waitpid(process, &status, 0) < 0 && errno == EINTR)
		;
	outcome->seconds = told->phase >= TEARDOWN ? (double)(told->ended_ns - told->began_ns) / 1e9 : 0;
	if (ended) {
		some_killed = some_killed || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		judge(outcome, status);
	} else {
		outcome->how = TIMED_OUT;
		outcome->seconds = now() - began;
	}
	outcome->told = copy_told();
	results_print(outcome);
	return false;
}

/* True in the test's process. */
static bool run_with_parameters(struct suite *suite, struct criterion_test *test, const sigset_t *mask)
{
	struct criterion_test_params all = test->data->param_();

	for (size_t i = 0; i < all.length; i++)
		if (run_one(suite, test, (char *)all.params + i * all.size, mask))
			return true;
	if (all.cleanup)
		all.cleanup(&all);
	return false;
}

static bool is_failure(const struct outcome *outcome)
{
	return outcome->how != PASSED && outcome->how != SKIPPED;
}

/* One has failed, and no other is wanted then. */
static bool is_enough(const struct suite *suite)
{
	return fails_fast && suite->outcome_count && is_failure(&suite->outcomes[suite->outcome_count - 1]);
}

/* True in the test's process. */
static bool run_suite(struct suite *suite, const sigset_t *mask)
{
	for (size_t i = 0; i < suite->test_count && !is_enough(suite); i++) {
		struct criterion_test *test = suite->tests[i];
		bool is_test;

		if (only && strcmp(test->name, only) != 0)
			continue;
		if (test->data->disabled || (suite->suite.data && suite->suite.data->disabled)) {
			add_outcome(suite, test)->how = SKIPPED;
			continue;
		}
		if (test->data->kind_ == CR_TEST_PARAMETERIZED && test->data->param_)
			is_test = run_with_parameters(suite, test, mask);
		else
			is_test = run_one(suite, test, NULL, mask);
		if (is_test)
			return true;
	}
	return false;
}

/* To the harness. */
static void send_results(void)
{
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);

	if (!file)
		give_up("no memory");
	results_write(file, suites, suite_count);
	if (some_killed)
		fprintf(file, "# killed\n");
	if (fclose(file) != 0)
		give_up("no memory");
	sender_put_bytes(&sender, text, length);
	sender_flush(&sender);
	free(text);
}

/* For who runs the program by hand. */
static void keep_results(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		give_up(path);
	results_write(file, suites, suite_count);
	if (fclose(file) != 0)
		give_up(path);
}

static _Noreturn void finish(const char *path)
{
	int status = 0;

	for (size_t i = 0; i < suite_count; i++)
		for (size_t j = 0; j < suites[i].outcome_count; j++) {
			const struct outcome *outcome = &suites[i].outcomes[j];
			if (outcome->warns || is_failure(outcome))
				status = 1;
		}
	if (sender.open)
		send_results();
	if (path)
		keep_results(path);
	exit(status);
}

/* Only memcheck keeps bits of validity to give away. */
static bool runs_under_memcheck(void)
{
	char byte = 0, bits;

	return VALGRIND_GET_VBITS(&byte, &bits, sizeof byte) == 1;
}

/*
 * The C library makes a stack that has a guard accessible in a call of its own, and memcheck then looks at each of its
 * bytes: 8 million for a thread that uses a few thousand, a third of all CPU time of many tests. The guard goes, not the
 * size, which tests and solutions may rely on. A thread that uses up its stack still crashes, a little later. Helgrind
 * would take longer without a guard.
 */
static void leave_out_guards(void)
{
	pthread_attr_t attributes;

	if (runs_under_memcheck() && pthread_getattr_default_np(&attributes) == 0) {
		pthread_attr_setguardsize(&attributes, 0);
		pthread_setattr_default_np(&attributes);
		pthread_attr_destroy(&attributes);
	}
}

/*
 * --tap=PATH, --fail-fast and --only=TEST are the options that count. Nobody but a debugger looks into the memory of the one who holds
 * the secret. glibc hands main()'s arguments to constructors.
 */
__attribute__((constructor)) static void run_tests(int count, char **arguments)
{
	static const char option[] = "--tap=", only_option[] = "--only=";
	const char *path = NULL;
	sigset_t child, mask;

	for (int i = 1; i < count; i++) {
		if (strncmp(arguments[i], option, sizeof option - 1) == 0)
			path = arguments[i] + sizeof option - 1;
		else if (strncmp(arguments[i], only_option, sizeof only_option - 1) == 0)
			only = arguments[i] + sizeof only_option - 1;
		fails_fast = fails_fast || strcmp(arguments[i], "--fail-fast") == 0;
	}
	told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (told == MAP_FAILED)
		give_up("mmap");
	if (!only)
		prctl(PR_SET_DUMPABLE, 0);
	sender_open(&sender, CHANNEL_TESTS);
	find_tests();
	leave_out_guards();
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &mask);
	for (size_t i = 0; i < suite_count; i++) {
		if (run_suite(&suites[i], &mask))
			return;
		if (is_enough(&suites[i]))
			break;
	}
	finish(path);
}
