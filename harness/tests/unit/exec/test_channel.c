/*
 * The channel from end to end: the runtime's sender in forked children, and the
 * harness's end here. What a program can do to it without the secret is a
 * fault, or at least leaves the stream without its end; nothing is put into it.
 */
#define _GNU_SOURCE /* close_range(), syscall() */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "runtime/sender.h"
#include "tests/unit/channel_wait.h"

static struct channel *channel;
static int program_end;
static struct sender sender, other;

static void make(void)
{
	cr_assert(channel = channel_new(&program_end));
	cr_assert_eq(setenv(CHANNEL_VARIABLE, "0000000003", 1), 0);
}

static void unmake(void)
{
	channel_free(channel);
}

TestSuite(channel, .init = make, .fini = unmake, .timeout = 60);

/* In the child: the descriptor where the harness puts it, and nowhere else. */
static void become_program(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(channel_descriptor(channel));
	if (program_end != CHANNEL_DESCRIPTOR) {
		dup2(program_end, CHANNEL_DESCRIPTOR);
		close(program_end);
	} else {
		fcntl(program_end, F_SETFD, 0);
	}
}

/* Runs `program` in a child, takes all that it sends, and returns its status. */
static int run(void (*program)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		become_program();
		program();
		_exit(0);
	}
	close(program_end);
	return channel_wait(channel, pid);
}

static void say(struct sender *from, const char *text)
{
	sender_put(from, text);
	sender_flush(from);
}

static void open_and_say(const char *text)
{
	if (!sender_open(&sender, CHANNEL_TSAN))
		_exit(9);
	say(&sender, text);
}

/* What the n-th process has sent; "" when there are not as many. */
static const char *sent(enum channel_kind kind, size_t n)
{
	size_t count;
	const struct process_report *reports = channel_reports(channel, kind, &count);

	return n < count ? reports[n].bytes : "";
}

static void expect_fault(const char *words)
{
	const char *fault = channel_fault(channel);

	cr_assert_eq(fault == NULL, words == NULL, "%s", fault ? fault : "no fault");
	if (words)
		cr_assert(strstr(fault, words), "%s", fault);
}

/* --- what it carries --- */

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

/* --- what a program can do to it --- */

static void write_garbage(void)
{
	open_and_say("true");
	if (write(sender.descriptor, "closed\n", 7) != 7)
		_exit(8);
	say(&sender, " report");
}

Test(channel, refuses_what_is_not_ours)
{
	cr_assert_eq(run(write_garbage), 0);
	expect_fault("the program wrote where the detector reports");
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "true report");
}

/* A message as it was sent: what the sender holds is that. */
static void repeat(void)
{
	size_t length = sizeof sender.message.header + 6;

	open_and_say("closed");
	if (send(sender.descriptor, &sender.message, length, 0) != (ssize_t)length)
		_exit(8);
}

Test(channel, refuses_what_was_said_before)
{
	cr_assert_eq(run(repeat), 0);
	expect_fault("gap");
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "closed");
}

static void forge_with(void (*change)(struct channel_message *message))
{
	struct channel_message message;
	const size_t length = sizeof message.header + 6;

	open_and_say("a word");
	message = sender.message;
	message.header.sequence++;
	change(&message);
	if (send(sender.descriptor, &message, length, 0) != (ssize_t)length)
		_exit(8);
}

static void change_nothing(struct channel_message *message)
{
	(void)message;
}

static void change_number(struct channel_message *message)
{
	message->header.grant = 7;
}

static void change_kind(struct channel_message *message)
{
	message->header.kind = CHANNEL_BUDGET;
}

static void change_to_hello(struct channel_message *message)
{
	message->header.type = CHANNEL_HELLO;
}

static void forge_sequence(void)
{
	forge_with(change_nothing);
}

static void forge_number(void)
{
	forge_with(change_number);
}

static void forge_kind(void)
{
	forge_with(change_kind);
}

static void forge_hello(void)
{
	forge_with(change_to_hello);
}

static void forge_as_child(void)
{
	open_and_say("a word");
	pid_t child = fork();
	if (child == 0)
		_exit(send(sender.descriptor, &sender.message, sizeof sender.message.header + 6, 0) < 0);
	waitpid(child, NULL, 0);
}

Test(channel, refuses_what_is_forged)
{
	static void (*const forgers[])(void) = {forge_sequence, forge_number, forge_kind, forge_hello, forge_as_child};

	for (size_t i = 0; i < sizeof forgers / sizeof *forgers; i++) {
		if (i) {
			unmake();
			make();
		}
		cr_assert_eq(run(forgers[i]), 0);
		expect_fault("the program wrote where the detector reports");
		cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "a word");
	}
}

/* It asks for a secret itself: what it says with that does not go on with what the runtime said. */
static void ask_too(void)
{
	open_and_say("start\n");
	if (!sender_open(&other, CHANNEL_TSAN))
		_exit(8);
	say(&other, "start\nclosed\n");
	say(&sender, "closed\n");
}

Test(channel, refuses_two_that_speak_as_one)
{
	cr_assert_eq(run(ask_too), 0);
	expect_fault("gap");
}

/* A child's secret is of no use to its parent. */
static void borrow(void)
{
	int pair[2];

	open_and_say("start\n");
	if (pipe(pair) != 0)
		_exit(8);
	pid_t child = fork();
	if (child == 0)
		_exit(!sender_open(&other, CHANNEL_TSAN) ||
		      write(pair[1], &other.grant, sizeof other.grant) != (ssize_t)sizeof other.grant);
	waitpid(child, NULL, 0);
	other = sender;
	if (read(pair[0], &other.grant, sizeof other.grant) != (ssize_t)sizeof other.grant)
		_exit(7);
	other.sequence = 0;
	say(&other, "closed\n");
}

Test(channel, refuses_a_secret_from_somebody_else)
{
	cr_assert_eq(run(borrow), 0);
	expect_fault("gap");
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "start\n");
}

static void close_it(void)
{
	open_and_say("start\n");
	close(sender.descriptor);
	say(&sender, "closed\n");
}

static void close_them_all(void)
{
	open_and_say("start\n");
	close_range(0, ~0U, 0);
	say(&sender, "closed\n");
}

/* Its own socket in the channel's place: it gets to see nothing, and the sender says nothing there. */
static void take_its_place(void)
{
	struct rlimit limit;
	int pair[2];
	char room[16];

	open_and_say("start\n");
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0 || dup2(pair[0], sender.descriptor) < 0)
		_exit(8);
	say(&sender, "closed\n");
	if (recv(pair[1], room, sizeof room, MSG_DONTWAIT) >= 0)
		_exit(7);
}

static void shut_it_down(void)
{
	open_and_say("start\n");
	shutdown(sender.descriptor, SHUT_RDWR);
	say(&sender, "closed\n");
}

static void forget_it(void)
{
	open_and_say("start\n");
	sender_forget(&sender);
	say(&sender, "closed\n");
}

Test(channel, lacks_its_end_when_it_is_closed)
{
	static void (*const closers[])(void) = {close_it, close_them_all, take_its_place, forget_it};

	for (size_t i = 0; i < sizeof closers / sizeof *closers; i++) {
		if (i) {
			unmake();
			make();
		}
		cr_assert_eq(run(closers[i]), 0, "%zu", i);
		cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "start\n");
	}
}

/* Else a report could be forged, and the true rest of it kept from the harness. */
Test(channel, is_not_shut_down_unnoticed)
{
	cr_assert_eq(run(shut_it_down), 0);
	expect_fault("the program closed the way");
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "start\n");
}

/* Not to wait for room is a property that the program can set; the report arrives all the same. */
static void do_not_wait(void)
{
	open_and_say("start\n");
	fcntl(sender.descriptor, F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 20000; i++)
		say(&sender, "more\n");
	say(&sender, "closed\n");
}

Test(channel, waits_for_room)
{
	cr_assert_eq(run(do_not_wait), 0);
	expect_fault(NULL);
	cr_assert_eq(strlen(sent(CHANNEL_TSAN, 0)), strlen("start\nclosed\n") + 20000 * strlen("more\n"));
}

static void flood(void)
{
	char text[4096] = "";

	open_and_say("start\n");
	signal(SIGPIPE, SIG_IGN);
	while (send(sender.descriptor, text, sizeof text, 0) > 0)
		;
	_exit(errno == EPIPE || errno == ECONNRESET ? 0 : 8);
}

static void flood_by_the_runtime(void)
{
	/* As long as a message may be: a million short ones took a loaded machine a minute. */
	char line[CHANNEL_TEXT_SIZE];

	memset(line, '.', sizeof line - 2);
	memcpy(line + sizeof line - 2, "\n", 2);
	open_and_say("start\n");
	while (channel)
		say(&sender, line);
}

/* As many messages of so many bytes, each with descriptors. */
static void hand_over(int messages, size_t bytes)
{
	int all[64];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof all)];
	} control = {.header = {.cmsg_len = CMSG_LEN(sizeof all), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct iovec text = {"x", bytes};
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

	for (int i = 0; i < 64; i++)
		all[i] = CHANNEL_DESCRIPTOR;
	memcpy(CMSG_DATA(&control.header), all, sizeof all);
	for (int i = 0; i < messages; i++)
		if (sendmsg(CHANNEL_DESCRIPTOR, &message, 0) != (ssize_t)bytes)
			_exit(8);
}

static void hand_over_descriptors(void)
{
	hand_over(100, 1);
}

static void hand_over_with_nothing(void)
{
	hand_over(1, 0);
}

Test(channel, ends_a_flood)
{
	cr_assert_eq(run(flood), 0);
	expect_fault("the program wrote");
	cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "start\n");
}

static int descriptors_open(void)
{
	int count = 0;

	for (int i = 0; i < 1024; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

Test(channel, keeps_no_descriptor_that_it_is_sent)
{
	int before = descriptors_open();

	cr_assert_eq(run(hand_over_descriptors), 0);
	expect_fault("the program wrote");
	/* The program's end is closed; ours is with the channel. */
	cr_assert_eq(descriptors_open(), before - 1);
}

/* One that brings descriptors and not a byte looks like the end of the channel. */
Test(channel, keeps_no_descriptor_of_an_empty_message)
{
	int before = descriptors_open();

	cr_assert_eq(run(hand_over_with_nothing), 0);
	expect_fault("the program closed");
	cr_assert_eq(descriptors_open(), before - 1);
}

/* A report that never ends, by a process that is killed once the harness has had enough. */
Test(channel, ends_a_report_without_end)
{
	pid_t pid = fork();

	if (pid == 0) {
		become_program();
		flood_by_the_runtime();
	}
	close(program_end);
	while (channel_descriptor(channel) >= 0) {
		struct pollfd one = {.fd = channel_descriptor(channel), .events = POLLIN};
		poll(&one, 1, -1);
		channel_receive(channel);
	}
	expect_fault("longer than 64 MiB");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* In an event loop it is taken as it comes: the program need not wait for the end. */
static void on_timer(uv_timer_t *timer)
{
	if (waitpid(*(pid_t *)timer->data, NULL, WNOHANG) == 0)
		return;
	channel_receive(channel);
	channel_free(channel);
	uv_close((uv_handle_t *)timer, NULL);
}

Test(channel, is_watched_in_an_event_loop)
{
	uv_loop_t loop;
	uv_timer_t timer;

	uv_loop_init(&loop);
	channel_watch(channel, &loop);
	pid_t pid = fork();
	if (pid == 0) {
		become_program();
		do_not_wait();
		_exit(0);
	}
	close(program_end);
	uv_timer_init(&loop, &timer);
	timer.data = &pid;
	uv_timer_start(&timer, on_timer, 1, 1);
	cr_assert_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
	cr_assert_eq(uv_loop_close(&loop), 0);
	channel = NULL;
}

/* --- bytes without headers, as Valgrind sends them --- */

static void send_bytes(void)
{
	if (write(CHANNEL_DESCRIPTOR, "<a>", 3) != 3 || write(CHANNEL_DESCRIPTOR, "</a>", 4) != 4)
		_exit(8);
}

Test(channel, carries_bytes)
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

Test(channel, carries_bytes_of_one_process)
{
	channel_take_bytes(channel, CHANNEL_VALGRIND, false);
	cr_assert_eq(run(send_as_two), 0);
	expect_fault("the program wrote");
	cr_assert_str_eq(sent(CHANNEL_VALGRIND, 0), "<a></a>");
}

Test(channel, carries_bytes_of_each_process)
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

Test(channel, carries_results_beside_bytes)
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

Test(channel, takes_results_of_one_process)
{
	cr_assert_eq(run(two_have_results), 0);
	expect_fault("two processes claim");
	cr_assert_str_eq(sent(CHANNEL_TESTS, 0), "results");
	cr_assert_str_empty(sent(CHANNEL_TESTS, 1));
}

/* libuv forgets a descriptor by its number: one that is let go of late must not be another channel's by then. */
Test(channel, is_heard_after_another_has_ended)
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
