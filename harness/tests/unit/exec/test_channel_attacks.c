/* What a program can do to its channel without the secret: a fault, or a stream without its end; nothing is put into it. */
#define _GNU_SOURCE /* close_range(), syscall() */
#include "channel_program.h"

TestSuite(channel_attacks, .init = channel_make, .fini = channel_unmake, .timeout = 60);

static void write_garbage(void)
{
	open_and_say("true");
	if (write(sender.descriptor, "closed\n", 7) != 7)
		_exit(8);
	say(&sender, " report");
}

Test(channel_attacks, refuses_what_is_not_ours)
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

Test(channel_attacks, refuses_what_was_said_before)
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

Test(channel_attacks, refuses_what_is_forged)
{
	static void (*const forgers[])(void) = {forge_sequence, forge_number, forge_kind, forge_hello, forge_as_child};

	for (size_t i = 0; i < sizeof forgers / sizeof *forgers; i++) {
		if (i) {
			channel_unmake();
			channel_make();
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

Test(channel_attacks, refuses_two_that_speak_as_one)
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

Test(channel_attacks, refuses_a_secret_from_somebody_else)
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

Test(channel_attacks, lacks_its_end_when_it_is_closed)
{
	static void (*const closers[])(void) = {close_it, close_them_all, take_its_place, forget_it};

	for (size_t i = 0; i < sizeof closers / sizeof *closers; i++) {
		if (i) {
			channel_unmake();
			channel_make();
		}
		cr_assert_eq(run(closers[i]), 0, "%zu", i);
		cr_assert_str_eq(sent(CHANNEL_TSAN, 0), "start\n");
	}
}

/* Else a report could be forged, and the true rest of it kept from the harness. */
Test(channel_attacks, is_not_shut_down_unnoticed)
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

Test(channel_attacks, waits_for_room)
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

Test(channel_attacks, ends_a_flood)
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

Test(channel_attacks, keeps_no_descriptor_that_it_is_sent)
{
	int before = descriptors_open();

	cr_assert_eq(run(hand_over_descriptors), 0);
	expect_fault("the program wrote");
	/* The program's end is closed; ours is with the channel. */
	cr_assert_eq(descriptors_open(), before - 1);
}

/* One that brings descriptors and not a byte looks like the end of the channel. */
Test(channel_attacks, keeps_no_descriptor_of_an_empty_message)
{
	int before = descriptors_open();

	cr_assert_eq(run(hand_over_with_nothing), 0);
	expect_fault("the program closed");
	cr_assert_eq(descriptors_open(), before - 1);
}

/* A report that never ends, by a process that is killed once the harness has had enough. */
Test(channel_attacks, ends_a_report_without_end)
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

Test(channel_attacks, is_watched_in_an_event_loop)
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
