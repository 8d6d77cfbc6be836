/* The channel of a detector that sends bytes without headers, as Valgrind does. */
#define _GNU_SOURCE /* close_range(), syscall() */
#include "channel_program.h"

TestSuite(channel_bytes, .init = channel_make, .fini = channel_unmake, .timeout = 60);

static void send_bytes(void)
{
	if (write(CHANNEL_DESCRIPTOR, "<a>", 3) != 3 || write(CHANNEL_DESCRIPTOR, "</a>", 4) != 4)
		_exit(8);
}

Test(channel_bytes, carries_bytes)
{
	channel_take_bytes(channel, CHANNEL_VALGRIND, false);
	cr_assert_eq(run(send_bytes), 0);
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_VALGRIND, 0), "<a></a>");
}

static void send_as_two(void)
{
	send_bytes();
	pid_t child = fork();
	if (child == 0)
		_exit(write(CHANNEL_DESCRIPTOR, "<b>", 3) != 3);
	waitpid(child, NULL, 0);
}

Test(channel_bytes, carries_bytes_of_one_process)
{
	channel_take_bytes(channel, CHANNEL_VALGRIND, false);
	cr_assert_eq(run(send_as_two), 0);
	expect_fault("the program wrote");
	cr_assert_str_eq(sent(CHANNEL_VALGRIND, 0), "<a></a>");
}

Test(channel_bytes, carries_bytes_of_each_process)
{
	channel_take_bytes(channel, CHANNEL_VALGRIND, true);
	cr_assert_eq(run(send_as_two), 0);
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_VALGRIND, 0), "<a></a>");
	cr_assert_str_eq(sent(CHANNEL_VALGRIND, 1), "<b>");
}

static void send_bytes_and_results(void)
{
	if (!sender_open(&sender, CHANNEL_TESTS))
		_exit(9);
	say(&sender, "results");
	if (write(sender.descriptor, "<a>", 3) != 3)
		_exit(8);
}

Test(channel_bytes, carries_results_beside_bytes)
{
	channel_take_bytes(channel, CHANNEL_VALGRIND, true);
	cr_assert_eq(run(send_bytes_and_results), 0);
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_VALGRIND, 0), "<a>");
	cr_assert_str_eq(sent(CHANNEL_TESTS, 0), "results");
}

static void two_have_results(void)
{
	if (!sender_open(&sender, CHANNEL_TESTS))
		_exit(9);
	say(&sender, "results");
	pid_t child = fork();
	if (child == 0)
		_exit(sender_open(&other, CHANNEL_TESTS));
	int status;
	waitpid(child, &status, 0);
	_exit(WEXITSTATUS(status));
}

Test(channel_bytes, takes_results_of_one_process)
{
	cr_assert_eq(run(two_have_results), 0);
	expect_fault("two processes claim");
	cr_assert_str_eq(sent(CHANNEL_TESTS, 0), "results");
	cr_assert_str_empty(sent(CHANNEL_TESTS, 1));
}

/* libuv forgets a descriptor by its number: one that is let go of late must not be another channel's by then. */
Test(channel_bytes, is_heard_after_another_has_ended)
{
	uv_loop_t loop;
	int next_end;

	cr_assert_eq(uv_loop_init(&loop), 0);
	channel_watch(channel, &loop);
	shutdown(program_end, SHUT_RDWR);
	close(program_end);
	uv_run(&loop, UV_RUN_NOWAIT);
	cr_assert_lt(channel_descriptor(channel), 0);

	struct channel *next = channel_new(&next_end);
	channel_watch(next, &loop);
	uv_run(&loop, UV_RUN_NOWAIT);
	channel_free(channel);
	uv_run(&loop, UV_RUN_NOWAIT);
	cr_assert_eq(send(next_end, "?", 1, 0), 1);
	uv_run(&loop, UV_RUN_NOWAIT);
	cr_expect_not_null(channel_fault(next), "nobody has heard it");
	close(next_end);
	channel_free(next);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	channel = NULL;
}
