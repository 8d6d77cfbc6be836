/*
 * Sending to the harness from inside the judged program; wire/channel.h says
 * what goes over the wire. Compiled into every program that has hooks of ours,
 * and into the monitor: each has a sender of its own.
 *
 * Nothing here allocates, takes a lock or calls into the C library once the
 * sender is open; system calls are made without it and leave errno alone. The
 * caller sees to it that one thread at a time is in here.
 *
 *     static struct sender sender;
 *
 *     if (sender_open(&sender, CHANNEL_TESTS)) {
 *             sender_put(&sender, "passed ");
 *             sender_put(&sender, name);
 *             sender_put(&sender, "\n");
 *             sender_flush(&sender);
 *     }
 *
 * What cannot be sent is lost, and all that follows with it: the harness sees
 * the gap.
 */
#ifndef LOOSE_SENDER_H
#define LOOSE_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/channel.h"

/* In static memory, which is zero: a process has not the stack for it everywhere. */
struct sender {
	bool open;
	int descriptor;
	uint64_t device, inode; /* of the descriptor: the program may close it and put another in its place */
	long process;
	uint64_t sequence;
	struct channel_grant grant;
	size_t used; /* of the text that is not sent yet */
	struct channel_message message;
};

/*
 * Asks the harness for a secret, and moves the descriptor out of the program's
 * way. False, and to be left alone, where no harness listens. Before main(), or
 * as early as can be.
 */
bool sender_open(struct sender *sender, enum channel_kind kind);
/* True once in each process that was forked since the last call: its stream begins here, and is empty. */
bool sender_is_new(struct sender *sender);
/* In a forked child that shall not speak: takes its secret away. */
void sender_forget(struct sender *sender);
/* True when this is the channel's descriptor: it is none of the program's. */
bool sender_is(const struct sender *sender, uint64_t device, uint64_t inode);

/* These gather text, and send it whenever there is enough for a message. */
void sender_put(struct sender *sender, const char *text);
void sender_put_bytes(struct sender *sender, const char *bytes, size_t length);
/* A blank, and the number: decimal, or hexadecimal without a sign. */
void sender_put_number(struct sender *sender, long long number);
void sender_put_address(struct sender *sender, uint64_t address);
/* Sends what is left. */
void sender_flush(struct sender *sender);

/* The digits of the number at the end of `room`, which ends with a NUL. */
const char *sender_digits(uint64_t number, unsigned base, char room[32]);
/* Opens a file to read, with one of two descriptors beyond the program's limit if need be; a negative errno. */
long sender_open_file(const char *path);

#endif
