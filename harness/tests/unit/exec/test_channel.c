/* What the channel carries, from end to end: the runtime's sender in forked children, and the harness's end here. */
#define _GNU_SOURCE /* close_range(), syscall() */
#include "channel_program.h"

TestSuite(channel, .init = channel_make, .fini = channel_unmake, .timeout = 60);

static void speak(void)
{
	open_and_say("start\n");
	for (int i = 0; i < 5000; i++) {
		sender_put(&sender, "line");
		sender_put_number(&sender, -i);
		sender_put_address(&sender, 0xfffffffffffffffU);
		sender_put(&sender, "\n");
	}
	say(&sender, "closed\n");
}

Test(channel, carries_more_than_a_message)
{
	cr_assert_eq(run(speak), 0);
	expect_fault(NULL);
	const char *text = sent(CHANNEL_TSAN, 0), *last = "line -4999 fffffffffffffff\nclosed\n";
	cr_assert(strncmp(text, "start\nline 0 fffffffffffffff\nline -1 ", 36) == 0, "%.60s", text);
	cr_assert_str_eq(text + strlen(text) - strlen(last), last);
	cr_assert_str_empty(sent(CHANNEL_TSAN, 1));
	cr_assert_str_empty(sent(CHANNEL_BUDGET, 0));
}

static void speak_as_two(void)
{
	open_and_say("one ");
	if (!sender_open(&other, CHANNEL_BUDGET))
		_exit(9);
	say(&other, "another");
	say(&sender, "more");
}

Test(channel, keeps_the_runtimes_of_a_process_apart)
{
	cr_assert_eq(run(speak_as_two), 0);
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "one more");
	cr_assert_str_eq(sent(CHANNEL_BUDGET, 0), "another");
}

/* Has half a sentence unsent when it forks; the child, which inherits that, must not say it. */
static void fork_and_speak(void)
{
	open_and_say("parent");
	sender_put(&sender, " ends");
	if (sender_is_new(&sender))
		_exit(9);
	pid_t child = fork();
	if (child == 0) {
		if (!sender_is_new(&sender) || sender_is_new(&sender))
			_exit(9);
		say(&sender, "child");
		say(&sender, " ends");
		_exit(0);
	}
	waitpid(child, NULL, 0);
	sender_flush(&sender);
}

Test(channel, keeps_processes_apart)
{
	cr_assert_eq(run(fork_and_speak), 0);
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "parent ends");
	cr_assert_str_eq(sent(CHANNEL_TSAN, 1), "child ends");
}

/* An image of its own, in the same process: it finds the descriptor by the variable, as exec() leaves it. */
static void begin_anew(void)
{
	open_and_say("first;");
	if (strcmp(getenv(CHANNEL_VARIABLE), "0000000003") == 0)
		_exit(8);
	memset(&sender, 0, sizeof sender);
	open_and_say("second;");
}

Test(channel, goes_on_in_a_new_image)
{
	cr_assert_eq(run(begin_anew), 0);
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "first;second;");
}

/* It closes what it may have, and reads its memory map when it has used up its descriptors. */
static void close_and_use_up(void)
{
	struct rlimit limit = {64, 64};

	setrlimit(RLIMIT_NOFILE, &limit);
	open_and_say("before");
	getrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 0; i < (int)limit.rlim_cur; i++)
		close(i);
	while (open("/dev/null", O_RDONLY) >= 0)
		;
	if (errno != EMFILE || dup2(0, sender.descriptor) >= 0)
		_exit(8);
	long maps = sender_open_file("/proc/self/maps");
	if (maps < 0)
		_exit(7);
	say(&sender, ", after");
}

Test(channel, is_beyond_what_a_program_may_have)
{
	cr_assert_eq(run(close_and_use_up), 0);
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "before, after");
}

static void do_nothing(void)
{
}

Test(channel, carries_nothing_of_who_says_nothing)
{
	cr_assert_eq(run(do_nothing), 0);
	expect_fault(NULL);
	cr_assert_str_empty(sent(CHANNEL_TSAN, 0));
}

static void speak_elsewhere(void)
{
	static const char *const not_ours[] = {"", "3", "00000000003", "000000000x", "0000000001", "9999999999"};
	int pair[2];

	for (size_t i = 0; i < sizeof not_ours / sizeof *not_ours; i++) {
		setenv(CHANNEL_VARIABLE, not_ours[i], 1);
		if (sender_open(&sender, CHANNEL_TSAN))
			_exit(9);
	}
	setenv(CHANNEL_VARIABLE, "0000000003", 1);
	close(3);
	/* A socket of the program's, where the channel was. */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0 || pair[0] != 3 || sender_open(&sender, CHANNEL_TSAN))
		_exit(8);
	say(&sender, "nothing");
}

Test(channel, is_left_alone_where_nobody_listens)
{
	cr_assert_eq(run(speak_elsewhere), 0);
	expect_fault(NULL);
}

static void die_in_between(void)
{
	open_and_say("start\n");
	sender_put(&sender, "closed\n");
	raise(SIGKILL);
}

Test(channel, ends_where_its_process_is_killed)
{
	cr_assert(WIFSIGNALED(run(die_in_between)));
	expect_fault(NULL);
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "start\n");
}
