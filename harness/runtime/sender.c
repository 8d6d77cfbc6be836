/* Sending to the harness from inside the judged program. See sender.h. */
#define _GNU_SOURCE /* SOCK_CLOEXEC, F_DUPFD_CLOEXEC, AT_EMPTY_PATH */
#include "runtime/sender.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "runtime/raw.h"
#include "wire/siphash.h"

enum {
	RESERVED = 2,	   /* numbers beyond the program's limit: the channel, and a file that is read */
	LOW_LIMIT = 32,	   /* below it every descriptor counts */
	HIGH_LIMIT = 65536 /* above it the kernel's table of descriptors would cost megabytes */
};

/* As the system call has it. */
struct limit {
	uint64_t soft, hard;
};

static bool set_limit(const struct limit *limit)
{
	return RAW(prlimit64, 0, RLIMIT_NOFILE, limit, NULL) == 0;
}

static bool get_limit(struct limit *limit)
{
	return RAW(prlimit64, 0, RLIMIT_NOFILE, NULL, limit) == 0;
}

/*
 * Beyond the limit on descriptors the program can put nothing in the channel's
 * place, and does not find it when it closes all that it may have. Where the
 * limit cannot be raised for a moment it is lowered for good, by two.
 */
static long move_beyond_limit(int descriptor)
{
	struct limit own, raised;

	if (!get_limit(&own) || own.soft < LOW_LIMIT)
		return descriptor;
	if (own.soft > HIGH_LIMIT)
		return RAW(fcntl, descriptor, F_DUPFD, HIGH_LIMIT - RESERVED);
	raised = own;
	if (own.hard - own.soft < RESERVED)
		own.soft -= RESERVED;
	else
		raised.soft += RESERVED;
	if (!set_limit(&raised))
		return descriptor;
	long moved = RAW(fcntl, descriptor, F_DUPFD, own.soft);
	set_limit(&own);
	return moved;
}

long sender_open_file(const char *path)
{
	long file = RAW(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	struct limit own, raised;

	if (file != -EMFILE || !get_limit(&own))
		return file;
	raised = own;
	raised.soft = own.hard - own.soft < RESERVED ? own.hard : own.soft + RESERVED;
	if (!set_limit(&raised))
		return file;
	file = RAW(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	set_limit(&own);
	return file;
}

/* --- the beginning --- */

static long receive(int descriptor, void *bytes, size_t size)
{
	long got;

	do
		got = RAW(recvfrom, descriptor, bytes, size, 0, NULL, NULL);
	while (got == -EINTR);
	return got;
}

static long send_hello(int descriptor, enum channel_kind kind, int answers)
{
	struct channel_header hello = {.magic = CHANNEL_MAGIC,
				       .kind = (uint16_t)kind,
				       .type = CHANNEL_HELLO,
				       .process = (uint32_t)RAW(getpid)};
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof answers)];
	} control = {
		.header = {.cmsg_len = CMSG_LEN(sizeof answers), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct iovec text = {&hello, sizeof hello};
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	long sent;

	*(int *)(void *)CMSG_DATA(&control.header) = answers;
	do
		sent = RAW(sendmsg, descriptor, &message, MSG_NOSIGNAL);
	while (sent == -EINTR);
	return sent;
}

static bool ask(int descriptor, enum channel_kind kind, struct channel_grant *grant)
{
	int answers[2];

	if (RAW(socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, answers) != 0)
		return false;
	long sent = send_hello(descriptor, kind, answers[1]);
	RAW(close, answers[1]);
	/* Who will not answer has closed the other end. */
	long got = sent < 0 ? sent : receive(answers[0], grant, sizeof *grant);
	RAW(close, answers[0]);
	return got == (long)sizeof *grant && grant->magic == CHANNEL_MAGIC;
}

static bool is_channel(int descriptor)
{
	int type = 0, domain = 0;
	socklen_t length = sizeof type;

	return RAW(getsockopt, descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET &&
	       RAW(getsockopt, descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_UNIX;
}

/* Of exactly CHANNEL_DIGITS digits; -1 when it is something else. */
static int descriptor_in(const char *digits)
{
	long number = 0;

	for (int i = 0; i < CHANNEL_DIGITS; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return -1;
		number = number * 10 + (digits[i] - '0');
	}
	return digits[CHANNEL_DIGITS] || number > INT32_MAX ? -1 : (int)number;
}

static void write_digits(char *digits, int number)
{
	for (int i = CHANNEL_DIGITS; i--; number /= 10)
		digits[i] = (char)('0' + number % 10);
}

bool sender_open(struct sender *sender, enum channel_kind kind)
{
	char *digits = getenv(CHANNEL_VARIABLE);
	int descriptor = digits ? descriptor_in(digits) : -1;
	struct stat file;

	if (descriptor < 0 || !is_channel(descriptor) || !ask(descriptor, kind, &sender->grant))
		return false;
	if (descriptor == CHANNEL_DESCRIPTOR) {
		long moved = move_beyond_limit(descriptor);
		if (moved >= 0 && moved != descriptor) {
			RAW(close, descriptor);
			descriptor = (int)moved;
			write_digits(digits, descriptor);
		}
	}
	if (RAW(newfstatat, descriptor, "", &file, AT_EMPTY_PATH) != 0)
		return false;
	sender->descriptor = descriptor;
	sender->device = file.st_dev;
	sender->inode = file.st_ino;
	sender->process = RAW(getpid);
	sender->message.header =
		(struct channel_header){.magic = CHANNEL_MAGIC, .kind = (uint16_t)kind, .type = CHANNEL_TEXT};
	sender->open = true;
	return true;
}

bool sender_is_new(struct sender *sender)
{
	long process = RAW(getpid);

	if (!sender->open || process == sender->process)
		return false;
	sender->process = process;
	sender->sequence = 0;
	/* The fork may have copied half of what the parent had to say. */
	sender->used = 0;
	return true;
}

void sender_forget(struct sender *sender)
{
	volatile unsigned char *secret = sender->grant.secret;

	for (size_t i = 0; i < CHANNEL_SECRET; i++)
		secret[i] = 0;
	sender->open = false;
}

bool sender_is(const struct sender *sender, uint64_t device, uint64_t inode)
{
	return sender->open && device == sender->device && inode == sender->inode;
}

/* --- sending --- */

static bool is_still_ours(const struct sender *sender)
{
	struct stat file;

	return RAW(newfstatat, sender->descriptor, "", &file, AT_EMPTY_PATH) == 0 &&
	       sender_is(sender, file.st_dev, file.st_ino);
}

void sender_flush(struct sender *sender)
{
	struct channel_header *header = &sender->message.header;
	const size_t length = sizeof *header + sender->used;
	struct pollfd room = {.fd = sender->descriptor, .events = POLLOUT};
	long sent = -1;

	if (!sender->open || sender->used == 0)
		return;
	header->process = (uint32_t)sender->process;
	header->grant = sender->grant.number;
	header->sequence = sender->sequence++;
	header->tag =
		siphash(sender->grant.secret, (const char *)header + sizeof header->tag, length - sizeof header->tag);
	sender->used = 0;
	do {
		if (!is_still_ours(sender))
			return;
		/* Not to wait is a property of the channel, which the program may have set. */
		if (sent == -EAGAIN)
			RAW(ppoll, &room, 1, NULL, NULL, 0);
		sent = RAW(sendto, sender->descriptor, &sender->message, length, MSG_NOSIGNAL, NULL, 0);
	} while (sent == -EINTR || sent == -EAGAIN);
}

void sender_put_bytes(struct sender *sender, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (sender->used == CHANNEL_TEXT_SIZE)
			sender_flush(sender);
		sender->message.text[sender->used++] = bytes[i];
	}
}

void sender_put(struct sender *sender, const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	sender_put_bytes(sender, text, length);
}

const char *sender_digits(uint64_t number, unsigned base, char room[32])
{
	char *at = room + 31;

	*at = '\0';
	do
		*--at = "0123456789abcdef"[number % base];
	while (number /= base);
	return at;
}

void sender_put_number(struct sender *sender, long long number)
{
	char room[32];

	sender_put(sender, number < 0 ? " -" : " ");
	sender_put(sender, sender_digits(number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, room));
}

void sender_put_address(struct sender *sender, uint64_t address)
{
	char room[32];

	sender_put(sender, " ");
	sender_put(sender, sender_digits(address, 16, room));
}
