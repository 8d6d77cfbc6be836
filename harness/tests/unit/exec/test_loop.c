/* Children and deferred calls: how each end is told, from where, and what a signal to the harness does. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/loop.h"

#define SHELL(script) ((char *[]){"sh", "-c", script, NULL})

struct seen {
	struct child_end end;
	int times;
};

static struct loop loop;

static void start(void)
{
	cr_assert_eq(loop_start(&loop, "/"), 0);
}

static void release(void)
{
	cr_assert_null(loop.children);
	loop_release(&loop);
}

TestSuite(loop, .init = start, .fini = release, .timeout = 60);

static void note(void *context, const struct child_end *end)
{
	struct seen *seen = context;

	seen->end = *end;
	seen->times++;
}

static struct child *child(struct seen *seen, char *const *argv)
{
	*seen = (struct seen){.times = 0};
	struct child *child = child_start(&loop, &(struct child_options){.argv = argv,
									 .output = STDOUT_FILENO,
									 .errors = STDERR_FILENO,
									 .ended = note,
									 .context = seen});
	cr_assert_eq(seen->times, 0, "no end comes from inside a start");
	return child;
}

static void expect(const struct seen *seen, enum end how, int status, int signal, int error)
{
	cr_assert_eq(seen->times, 1);
	cr_assert_eq((int)seen->end.how, (int)how, "%d", (int)seen->end.how);
	cr_assert_eq(seen->end.status, status);
	cr_assert_eq(seen->end.signal, signal);
	cr_assert_eq(seen->end.error, error, "%d", seen->end.error);
}

Test(loop, a_child_tells_its_status_or_signal)
{
	struct seen seen;

	child_join(child(&seen, SHELL("exit 3")));
	expect(&seen, END_DONE, 3, 0, 0);
	child_join(child(&seen, SHELL("kill -9 $$")));
	expect(&seen, END_DONE, 0, SIGKILL, 0);
}

Test(loop, what_is_not_there_does_not_start)
{
	struct seen seen;

	child_join(child(&seen, (char *[]){"/no/such/program", NULL}));
	expect(&seen, END_NOT_STARTED, 0, 0, ENOENT);
	cr_assert_eq(
		loop_command(&loop,
			     &(struct child_options){.argv = (char *[]){"/no/such", NULL}, .output = 1, .errors = 2}),
		-1);
	cr_assert_eq(errno, ENOENT);
}

Test(loop, nothing_starts_without_descriptors)
{
	struct seen seen;
	struct rlimit before, none = {0, 0};

	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none.rlim_max = before.rlim_max;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	struct child *one = child(&seen, SHELL("true"));
	setrlimit(RLIMIT_NOFILE, &before);
	child_stop(one);
	child_join(one);
	expect(&seen, END_NOT_STARTED, 0, 0, EMFILE);
}

/* True when a start fails for want of processes. Root may always fork, so another user tries. */
static bool fails_to_fork(void)
{
	struct seen seen;
	struct rlimit none = {0, 0};

	if (loop_start(&loop, "/") != 0 || setrlimit(RLIMIT_NPROC, &none) != 0 || (getuid() == 0 && setuid(65534) != 0))
		return false;
	child_join(child(&seen, SHELL("true")));
	return seen.times == 1 && seen.end.how == END_NOT_STARTED && seen.end.error == EAGAIN;
}

/* In a process of its own: a sanitizer needs processes, and a user's rights, to look for leaks at the end. */
Test(loop, nothing_starts_without_processes)
{
	int status;
	pid_t other = fork();

	if (other == 0)
		_exit(fails_to_fork() ? 0 : 1);
	cr_assert_eq(waitpid(other, &status, 0), other);
	cr_assert_eq(status, 0);
}

Test(loop, a_child_that_is_stopped_is_cancelled)
{
	struct seen seen;
	struct child *one = child(&seen, SHELL("exec sleep 1000"));

	child_stop(one);
	child_stop(one);
	cr_assert_eq(seen.times, 0);
	child_join(one);
	expect(&seen, END_CANCELLED, 0, SIGTERM, 0);
}

Test(loop, a_child_that_stands_still_hears_of_it)
{
	struct seen seen;
	struct child *one = child(&seen, SHELL("kill -STOP $$; exec sleep 1000"));

	child_stop(one);
	child_join(one);
	expect(&seen, END_CANCELLED, 0, SIGTERM, 0);
}

/* It is let come as far as its trap first: what it writes then says so. */
Test(loop, a_child_that_does_not_listen_is_killed)
{
	struct seen seen;
	int ends[2];
	char byte;

	cr_assert_eq(pipe(ends), 0);
	seen = (struct seen){.times = 0};
	struct child *one = child_start(
		&loop, &(struct child_options){.argv = SHELL("trap '' TERM; echo; while :; do sleep 1000; done"),
					       .output = ends[1],
					       .errors = STDERR_FILENO,
					       .ended = note,
					       .context = &seen});
	cr_assert_eq(read(ends[0], &byte, 1), 1);
	loop.patience_ms = 50;
	child_stop(one);
	child_join(one);
	expect(&seen, END_CANCELLED, 0, SIGKILL, 0);
	close(ends[0]);
	close(ends[1]);
}

Test(loop, a_join_waits_for_this_child_alone)
{
	struct seen slow, quick;
	struct child *one = child(&slow, SHELL("exec sleep 1000"));

	child_join(child(&quick, SHELL("true")));
	expect(&quick, END_DONE, 0, 0, 0);
	cr_assert_eq(slow.times, 0);
	child_stop(one);
	child_join(one);
	expect(&slow, END_CANCELLED, 0, SIGTERM, 0);
}

Test(loop, a_signal_ends_all_and_nothing_new_begins_until_it_is_forgotten)
{
	struct seen first, second, late;
	struct child *one = child(&first, SHELL("exec sleep 1000")), *other = child(&second, SHELL("exec sleep 1000"));

	cr_assert_eq(raise(SIGINT), 0);
	child_join(one);
	if (!second.times)
		child_join(other);
	cr_assert_eq(loop.interrupted, SIGINT);
	expect(&first, END_CANCELLED, 0, SIGTERM, 0);
	expect(&second, END_CANCELLED, 0, SIGTERM, 0);
	child_join(child(&late, SHELL("true")));
	expect(&late, END_CANCELLED, 0, SIGINT, 0);
	loop_resume(&loop);
	child_join(child(&late, SHELL("true")));
	expect(&late, END_DONE, 0, 0, 0);
}

static char order[8];

static void first_call(void *context)
{
	(void)context;
	order[0] = order[0] ? '?' : '1';
}

static void second_call(void *context)
{
	order[1] = order[0] ? '2' : '?';
	*(bool *)context = true;
}

Test(loop, deferred_calls_come_once_and_in_order)
{
	bool over = false;
	struct deferred first = {.call = first_call}, second = {.call = second_call, .context = &over};

	loop_defer(&loop, &first);
	loop_defer(&loop, &second);
	loop_defer(&loop, &first);
	cr_assert_str_empty(order);
	cr_assert(loop_until(&loop, &over));
	cr_assert_str_eq(order, "12");
	over = false;
	cr_assert_not(loop_until(&loop, &over), "nothing is left that could set it");
}
