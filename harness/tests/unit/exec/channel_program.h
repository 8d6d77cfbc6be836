/*
 * A channel and a program at its other end, a forked child: what it is to do is a
 * function. Each test has one of both. A file that includes this defines _GNU_SOURCE.
 */
#ifndef LOOSE_TESTS_CHANNEL_PROGRAM_H
#define LOOSE_TESTS_CHANNEL_PROGRAM_H

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

static inline void channel_make(void)
{
	cr_assert(channel = channel_new(&program_end));
	cr_assert_eq(setenv(CHANNEL_VARIABLE, "0000000003", 1), 0);
}

static inline void channel_unmake(void)
{
	channel_free(channel);
}

/* In the child: the descriptor where the harness puts it, and nowhere else. */
static inline void become_program(void)
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
static inline int run(void (*program)(void))
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

static inline void say(struct sender *from, const char *text)
{
	sender_put(from, text);
	sender_flush(from);
}

static inline void open_and_say(const char *text)
{
	if (!sender_open(&sender, CHANNEL_TSAN))
		_exit(9);
	say(&sender, text);
}

/* What the n-th process has sent; "" when there are not as many. */
static inline const char *sent(enum channel_kind kind, size_t n)
{
	size_t count;
	const struct process_report *reports = channel_reports(channel, kind, &count);

	return n < count ? reports[n].bytes : "";
}

static inline void expect_fault(const char *words)
{
	const char *fault = channel_fault(channel);

	cr_assert_eq(fault == NULL, words == NULL, "%s", fault ? fault : "no fault");
	if (words)
		cr_assert(strstr(fault, words), "%s", fault);
}

#endif
