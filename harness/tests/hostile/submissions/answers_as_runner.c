/* Asks the harness for a secret of its own, as who runs the tests, and sends results with it. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

#include "../../../harness/wire/channel.h"
#include "../../../harness/wire/siphash.h"

static void say_hello(int channel, int answers)
{
	struct channel_header hello = {.magic = CHANNEL_MAGIC,
				       .kind = CHANNEL_TESTS,
				       .type = CHANNEL_HELLO,
				       .process = (uint32_t)getpid()};
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof answers)];
	} control = {
		.header = {.cmsg_len = CMSG_LEN(sizeof answers), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct iovec text = {&hello, sizeof hello};
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};

	memcpy(CMSG_DATA(&control.header), &answers, sizeof answers);
	sendmsg(channel, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void answer(int channel)
{
	static struct channel_message message;
	struct channel_grant grant;
	int answers[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, answers) != 0)
		abort();
	say_hello(channel, answers[1]);
	close(answers[1]);
	if (recv(answers[0], &grant, sizeof grant, 0) == (ssize_t)sizeof grant) {
		message.header = (struct channel_header){.magic = CHANNEL_MAGIC,
							 .kind = CHANNEL_TESTS,
							 .type = CHANNEL_TEXT,
							 .process = (uint32_t)getpid(),
							 .grant = grant.number};
		strcpy(message.text, "TAP version 13\n1..2\nok - line::sends_nothing_after_close  (0.01s)\n"
				     "ok - line::closes_in_the_middle_of_an_interval  (0.01s)\n");
		size_t length = sizeof message.header + strlen(message.text);
		message.header.tag =
			siphash(grant.secret, &message.header.magic, length - sizeof message.header.tag);
		send(channel, &message, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	close(answers[0]);
}

static void trick(void)
{
	const char *channel = getenv(CHANNEL_VARIABLE);

	if (channel)
		answer(atoi(channel));
}
