/* The harness's end of a run's channel. See channel.h. */
#define _GNU_SOURCE /* struct ucred, SO_PASSCRED, MSG_CMSG_CLOEXEC, getrandom() */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "wire/siphash.h"

enum {
	LIMIT = 64 << 20,   /* bytes, of all that a run may send */
	OVERHEAD = 128,	    /* of a message, and of what is kept of a process */
	AT_ONCE = 256,	    /* messages, before others in the loop have their turn */
	MAX_DESCRIPTORS = 4 /* that a message may bring; the kernel drops those that are more */
};

static const char foreign[] = "the program wrote where the detector reports",
		  closed[] = "the program closed the way by which its detector reports",
		  twice[] = "two processes claim to say what became of its tests";

/* What one process says as one of the runtimes. */
struct stream {
	enum channel_kind kind;
	uint32_t grant;
	uint64_t next; /* sequence number */
	long pid;
	char *bytes;
	size_t length;
	size_t room; /* of `bytes` */
};

/* Given to `pid`, to speak as `kind`; the children that it forks have it too. */
struct granted {
	enum channel_kind kind;
	long pid;
	unsigned char secret[CHANNEL_SECRET];
};

struct channel {
	int end;
	int others_end;		 /* a copy is kept: what looks like the end of it is somebody's shutdown() */
	bool stopped;		 /* nothing more is taken */
	enum channel_kind plain; /* CHANNEL_NONE, or the kind of what has no header */
	bool plain_of_each;	 /* and each process may send of it */
	bool relayed;		 /* a message begins with the number of who sent it */
	size_t received;
	const char *fault;
	struct stream *streams;
	size_t stream_count;
	struct granted *grants;
	size_t grant_count;
	struct process_report *reports; /* as last asked for */
	struct process_report results;
	uv_poll_t poll;
	bool watched;
};

struct incoming {
	struct channel_message message;
	size_t length;
	long pid; /* 0: the kernel does not say */
	int descriptors[MAX_DESCRIPTORS];
	size_t descriptor_count;
	bool cut;
};

struct channel *channel_new(int *end)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return NULL;
	int kept = fcntl(ends[1], F_DUPFD_CLOEXEC, 0);
	if (kept < 0 || setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)) != 0) {
		int error = errno;
		close(ends[0]);
		close(ends[1]);
		if (kept >= 0)
			close(kept);
		errno = error;
		return NULL;
	}
	struct channel *channel = mem_zeroed(1, sizeof *channel);
	channel->end = ends[0];
	channel->others_end = kept;
	*end = ends[1];
	return channel;
}

void channel_take_bytes(struct channel *channel, enum channel_kind kind, bool of_each)
{
	channel->plain = kind;
	channel->plain_of_each = of_each;
}

void channel_take_relayed(struct channel *channel)
{
	channel->relayed = true;
}

/* The first fault stays: later ones follow from it. */
static void fail(struct channel *channel, const char *fault)
{
	if (!channel->fault)
		channel->fault = fault;
}

/* --- a message --- */

static void stop(struct channel *channel);

static void read_controls(struct msghdr *header, struct incoming *incoming)
{
	for (struct cmsghdr *at = CMSG_FIRSTHDR(header); at; at = CMSG_NXTHDR(header, at)) {
		size_t length = at->cmsg_len - CMSG_LEN(0);
		struct ucred sender;

		if (at->cmsg_level != SOL_SOCKET)
			continue;
		if (at->cmsg_type == SCM_CREDENTIALS && length >= sizeof sender) {
			memcpy(&sender, CMSG_DATA(at), sizeof sender);
			incoming->pid = sender.pid;
		}
		if (at->cmsg_type == SCM_RIGHTS) {
			incoming->descriptor_count = length / sizeof(int);
			memcpy(incoming->descriptors, CMSG_DATA(at), incoming->descriptor_count * sizeof(int));
		}
	}
}

static void close_descriptors(const struct incoming *incoming)
{
	for (size_t i = 0; i < incoming->descriptor_count; i++)
		close(incoming->descriptors[i]);
}

/* False when there is none, now or ever. An empty message, which may bring descriptors too, looks like the end. */
static bool take(struct channel *channel, struct incoming *incoming)
{
	_Alignas(struct cmsghdr) char
		controls[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(MAX_DESCRIPTORS * sizeof(int))];
	int64_t sender = 0;
	size_t before = channel->relayed ? sizeof sender : 0;
	struct iovec bytes[] = {{&sender, before}, {&incoming->message, sizeof incoming->message}};
	struct msghdr header = {
		.msg_iov = bytes, .msg_iovlen = 2, .msg_control = controls, .msg_controllen = sizeof controls};
	ssize_t got;

	do
		got = recvmsg(channel->end, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	incoming->pid = 0;
	incoming->descriptor_count = 0;
	if (got >= 0)
		read_controls(&header, incoming);
	if (got <= (ssize_t)before) {
		close_descriptors(incoming);
		if (!channel->stopped)
			fail(channel, closed);
		stop(channel);
		return false;
	}
	incoming->length = (size_t)got - before;
	incoming->cut = header.msg_flags & MSG_TRUNC;
	if (channel->relayed)
		incoming->pid = (long)sender;
	return true;
}

/*
 * Nobody can send any more: a sender is told so, and so is one that waits for an answer. The descriptor stays until
 * the loop has let go of it: libuv forgets it by its number, which could be another channel's by then.
 */
static void stop(struct channel *channel)
{
	struct incoming late;

	if (channel->stopped)
		return;
	channel->stopped = true;
	if (channel->watched)
		uv_poll_stop(&channel->poll);
	shutdown(channel->end, SHUT_RDWR);
	while (take(channel, &late))
		close_descriptors(&late);
}

/* --- grants --- */

static bool is_hello(const struct incoming *incoming)
{
	const struct channel_header *header = &incoming->message.header;

	return incoming->length == sizeof *header && header->magic == CHANNEL_MAGIC && header->type == CHANNEL_HELLO &&
	       header->kind > CHANNEL_NONE && header->kind < CHANNEL_KINDS && incoming->descriptor_count == 1;
}

/* Whether it reached who asked does not matter here: who has no secret sends nothing. */
static void grant(struct channel *channel, const struct incoming *incoming)
{
	struct channel_grant answer = {.magic = CHANNEL_MAGIC, .number = (uint32_t)channel->grant_count};
	struct granted *granted;

	/* The runner of the tests asks before there is any other process. */
	for (size_t i = 0; incoming->message.header.kind == CHANNEL_TESTS && i < channel->grant_count; i++)
		if (channel->grants[i].kind == CHANNEL_TESTS) {
			fail(channel, twice);
			return;
		}
	if (getrandom(answer.secret, sizeof answer.secret, 0) != (ssize_t)sizeof answer.secret)
		return;
	channel->grants = mem_resize(channel->grants, channel->grant_count + 1, sizeof *channel->grants);
	granted = &channel->grants[channel->grant_count++];
	*granted = (struct granted){.kind = incoming->message.header.kind, .pid = incoming->pid};
	memcpy(granted->secret, answer.secret, sizeof granted->secret);
	(void)send(incoming->descriptors[0], &answer, sizeof answer, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* --- text --- */

static bool is_text(const struct channel *channel, const struct incoming *incoming)
{
	const struct channel_header *header = &incoming->message.header;

	if (incoming->cut || incoming->length <= sizeof *header || header->magic != CHANNEL_MAGIC ||
	    header->type != CHANNEL_TEXT || header->grant >= channel->grant_count ||
	    (long)header->process != incoming->pid || channel->grants[header->grant].kind != header->kind)
		return false;
	uint64_t tag = siphash(channel->grants[header->grant].secret, (const char *)header + sizeof header->tag,
			       incoming->length - sizeof header->tag);
	return tag == header->tag;
}

static struct stream *stream_of(struct channel *channel, long pid, enum channel_kind kind)
{
	/* Most messages come from the process that sent the last one. */
	for (size_t i = channel->stream_count; i--;)
		if (channel->streams[i].pid == pid && channel->streams[i].kind == kind)
			return &channel->streams[i];
	channel->streams = mem_resize(channel->streams, channel->stream_count + 1, sizeof *channel->streams);
	struct stream *stream = &channel->streams[channel->stream_count++];
	*stream = (struct stream){.pid = pid, .kind = kind, .grant = UINT32_MAX};
	return stream;
}

/*
 * Whether the stream goes on with this message, or begins with it: anew with
 * every image of the process's own, which has another grant.
 */
static bool goes_on(const struct channel *channel, const struct stream *stream, const struct channel_header *header)
{
	if (stream->grant == header->grant)
		return header->sequence == stream->next;
	return header->sequence == 0 &&
	       (stream->grant == UINT32_MAX ||
		(header->grant > stream->grant && channel->grants[header->grant].pid == stream->pid));
}

static void append(struct stream *stream, const void *bytes, size_t length)
{
	/* By doubling: a long report comes in thousands of messages, and not every allocator grows a block in its place. */
	if (stream->length + length + 1 > stream->room) {
		stream->room = 2 * stream->room + length + 1;
		stream->bytes = mem_resize(stream->bytes, stream->room, 1);
	}
	memcpy(stream->bytes + stream->length, bytes, length);
	stream->length += length;
	stream->bytes[stream->length] = '\0';
}

static void keep(struct channel *channel, const struct incoming *incoming)
{
	const struct channel_header *header = &incoming->message.header;
	struct stream *stream = stream_of(channel, incoming->pid, header->kind);
	size_t length = incoming->length - sizeof *header;

	if (!goes_on(channel, stream, header)) {
		fail(channel, "its report has a gap: it was cut, or the program took part in it");
		return;
	}
	stream->grant = header->grant;
	stream->next = header->sequence + 1;
	append(stream, incoming->message.text, length);
}

/* The first process that speaks is the one that was started. */
static void keep_bytes(struct channel *channel, const struct incoming *incoming)
{
	bool other = channel->stream_count && channel->streams[0].pid != incoming->pid;

	if (incoming->cut || (other && !channel->plain_of_each))
		fail(channel, foreign);
	else
		append(stream_of(channel, incoming->pid, channel->plain), &incoming->message, incoming->length);
}

/* --- the whole --- */

static void handle(struct channel *channel, const struct incoming *incoming)
{
	channel->received += incoming->length + OVERHEAD;
	if (channel->received > LIMIT) {
		fail(channel, "its reports are longer than 64 MiB");
		stop(channel);
	} else if (is_hello(incoming)) {
		grant(channel, incoming);
	} else if (is_text(channel, incoming)) {
		keep(channel, incoming);
	} else if (channel->plain) {
		keep_bytes(channel, incoming);
	} else {
		fail(channel, foreign);
	}
	close_descriptors(incoming);
}

static bool receive_some(struct channel *channel)
{
	struct incoming incoming;

	for (int i = 0; i < AT_ONCE; i++) {
		if (channel->stopped || !take(channel, &incoming))
			return false;
		handle(channel, &incoming);
	}
	return true;
}

void channel_receive(struct channel *channel)
{
	while (receive_some(channel))
		;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	(void)status, (void)events;
	receive_some(poll->data);
}

int channel_watch(struct channel *channel, uv_loop_t *loop)
{
	int error = uv_poll_init(loop, &channel->poll, channel->end);

	if (error)
		return -error;
	channel->watched = true;
	channel->poll.data = channel;
	return -uv_poll_start(&channel->poll, UV_READABLE, on_readable);
}

int channel_descriptor(const struct channel *channel)
{
	return channel->stopped ? -1 : channel->end;
}

const char *channel_fault(const struct channel *channel)
{
	return channel->fault;
}

const struct process_report *channel_reports(struct channel *channel, enum channel_kind kind, size_t *count)
{
	*count = 0;
	channel->reports = mem_resize(channel->reports, channel->stream_count + 1, sizeof *channel->reports);
	for (size_t i = 0; i < channel->stream_count; i++) {
		const struct stream *stream = &channel->streams[i];
		if (stream->kind == kind && stream->length)
			channel->reports[(*count)++] =
				(struct process_report){stream->pid, stream->bytes, stream->length};
	}
	return channel->reports;
}

const struct process_report *channel_results(struct channel *channel)
{
	size_t count;
	const struct process_report *all = channel_reports(channel, CHANNEL_TESTS, &count);

	channel->results = count ? all[0] : (struct process_report){0};
	return count ? &channel->results : NULL;
}

static void release(struct channel *channel)
{
	close(channel->end);
	close(channel->others_end);
	for (size_t i = 0; i < channel->stream_count; i++)
		free(channel->streams[i].bytes);
	free(channel->streams);
	free(channel->grants);
	free(channel->reports);
	free(channel);
}

static void on_closed(uv_handle_t *handle)
{
	release(handle->data);
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	stop(channel);
	if (channel->watched)
		uv_close((uv_handle_t *)&channel->poll, on_closed);
	else
		release(channel);
}
