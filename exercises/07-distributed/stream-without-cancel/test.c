/*
 * What mill.h promises, seen from the machine and from the caller that hands out the
 * lines. A long line is longer than the wire can take, since its buffers are
 * made small here; so who sends it is stuck until the machine reads. The lines
 * are counted without a lock: once mill_wait() or mill_stop() has returned,
 * nobody hands them out any more. If somebody does, that is a data race. A right
 * job is never refused for its time, nor for that of the machine.
 */
#define _GNU_SOURCE /* syscall() */
#include "mill.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum { LATE = 8000 /* ms: when a test stops waiting for what does not happen; no right job is near it */ };
enum { HOLD = 1000 /* ms: the operator's. A job that takes patience for death gives itself away sooner, if it can */ };
enum { SHORT_LINE = 5, LONG_LINE = 1 << 19, BUFFER = 1 << 13, LINES = 5 };
enum { HOLD_OVER, NEVER, FIRST_STOPPED };
enum { ROUNDS = 6, DESCRIPTORS = 256 };
enum { SIGNALS = 64 };
static const char last_word = '.';  /* sent over the wire when the job has ended */
static const char first_word = '!'; /* of the machine, for the caller */

/* --- the wire --- */

static struct {
	int ours, machine;
} wire;

static void limit(int descriptor, int option)
{
	REQUIRE(setsockopt(descriptor, SOL_SOCKET, option, &(int){BUFFER}, sizeof(int)) == 0);
}

static void connect_machine(void)
{
	int listener = loopback_listen();

	wire.ours = loopback_connect(loopback_port(listener));
	wire.machine = accept(listener, NULL, NULL);
	REQUIRE(wire.machine >= 0);
	close(listener);
	limit(wire.ours, SO_SNDBUF);
}

/* Sockets and pipes, that is: a detector may open files at any time. */
static int open_descriptors(void)
{
	struct stat file;
	int open = 0;

	for (int i = 0; i < DESCRIPTORS; i++)
		open += fstat(i, &file) == 0 && (S_ISSOCK(file.st_mode) || S_ISFIFO(file.st_mode));
	return open;
}

static bool woken_is_quick; /* of the test, which sets it when no job runs */

/*
 * Stands in for the C library's. On some days the thread that it wakes has done all that it then does before shutdown()
 * returns.
 */
int shutdown(int socket, int how)
{
	int result = (int)syscall(SYS_shutdown, socket, how), error = errno;

	if (woken_is_quick)
		schedule_await_blocked();
	errno = error;
	return result;
}

/* The machine is switched off, without a goodbye. Returns when this end has heard of it. */
static void switch_off(void)
{
	setsockopt(wire.machine, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
	close(wire.machine);
	REQUIRE(recv(wire.ours, &(char){0}, 1, 0) <= 0); /* takes the error: the next send would raise SIGPIPE */
}

/* --- the program: lines of bytes that nowhere repeat what came before, and each begins one further --- */

static struct program {
	int lines;
	size_t length;	  /* of each line */
	bool held;	  /* the first next() does not return before somebody waits for it, or has not waited */
	int begun, ended; /* calls of next(): of the job, and when it has ended, of the test */
	bool late;	  /* the job has been waited for, and next() still ran */
	bool strangers;	  /* more than one thread has called next(), or that which has started the job */
	bool meddled;	  /* a signal was handled in another way than before, while the job ran */
	int empty;	  /* the number of a line that has no bytes; 0: none */
} program;

static unsigned char text[LONG_LINE + LINES]; /* written when no job runs */
static char line[LONG_LINE];

static void write_text(void)
{
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)(i ^ i >> 8 ^ i >> 16);
}

static long feeder, starter; /* who has called next(), and mill_start(), as the kernel knows them */
static struct stop begun;    /* requested when next() has been called */
static struct stop returned; /* requested when mill_wait() or mill_stop() has returned */

static void hold(void)
{
	int before;

	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before));
	schedule_await_blocked();
	program.late = stop_requested(&returned);
	CHECK(pthread_setcancelstate(before, &before));
	schedule_reached(HOLD_OVER);
	if (program.late)
		schedule_await(NEVER); /* nobody can tell what this thread would do next */
}

/* How the process handles its signals, before a job. Written when no job runs. */
static struct sigaction handled[SIGNALS + 1];

static void remember_signals(void)
{
	for (int i = 1; i <= SIGNALS; i++)
		sigaction(i, NULL, &handled[i]);
}

static bool signals_are_handled_as_before(void)
{
	struct sigaction now;
	bool same = true;

	for (int i = 1; i <= SIGNALS; i++)
		same = (sigaction(i, NULL, &now) != 0 || now.sa_handler == handled[i].sa_handler) && same;
	return same;
}

/* Whether a thread has the same signals blocked. */
static bool is_same_mask(const sigset_t *one, const sigset_t *other)
{
	bool same = true;

	for (int i = 1; i <= SIGNALS; i++)
		same = sigismember(one, i) == sigismember(other, i) && same;
	return same;
}

static size_t length_of(int number)
{
	return number > 0 && number == program.empty ? 0 : program.length;
}

static const char *next_line(void *arg, size_t *length)
{
	REQUIRE(arg == &program);
	int number = program.begun++;
	long caller = syscall(SYS_gettid);

	if (number == 0)
		feeder = caller;
	program.strangers = program.strangers || caller != feeder || caller == starter;
	program.meddled = program.meddled || !signals_are_handled_as_before();
	stop_request(&begun);
	if (program.held && number == 0)
		hold();
	pthread_testcancel(); /* as in read() */
	memcpy(line, text + number, program.length);
	*length = length_of(number);
	program.ended++;
	return number < program.lines ? line : NULL;
}

/* --- the job, and who waits for it --- */

static struct {
	struct mill_job *job;
	bool stop; /* or wait */
	enum mill_end end;
	pthread_t waiter;
} milling;

static void *wait_for_job(void *arg)
{
	milling.end = milling.stop ? mill_stop(milling.job) : mill_wait(milling.job);
	if (milling.end == MILL_DONE)
		send(wire.ours, &last_word, 1, MSG_NOSIGNAL);
	stop_request(&returned);
	return arg;
}

static volatile sig_atomic_t broken_pipes;

static void count_broken_pipe(int signal)
{
	(void)signal;
	broken_pipes++;
}

static void count_broken_pipes(void)
{
	REQUIRE(sigaction(SIGPIPE, &(struct sigaction){.sa_handler = count_broken_pipe}, NULL) == 0);
}

static void interrupt(int signal)
{
	(void)signal;
}

static bool mask_changed; /* by mill_start(), of its caller */

static void start(int lines, size_t length, bool held)
{
	sigset_t before, after;

	count_broken_pipes();
	REQUIRE(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = interrupt}, NULL) == 0);
	remember_signals();
	write_text();
	program = (struct program){.lines = lines, .length = length, .held = held};
	if (lines > 2)
		program.empty = 1;
	starter = syscall(SYS_gettid);
	stop_init(&begun);
	stop_init(&returned);
	CHECK(pthread_sigmask(SIG_SETMASK, NULL, &before));
	milling.job = mill_start(wire.ours, next_line, &program);
	CHECK(pthread_sigmask(SIG_SETMASK, NULL, &after));
	mask_changed = !is_same_mask(&before, &after);
}

static void wait_or_stop(bool stop)
{
	milling.stop = stop;
	CHECK(pthread_create(&milling.waiter, NULL, wait_for_job, NULL));
}

/* Whether mill_wait() or mill_stop() returns, where the machine has been switched off, which ends any job. */
static bool comes_back(void)
{
	bool in_time = stop_wait(&returned, LATE);

	CHECK(pthread_join(milling.waiter, NULL));
	return in_time;
}

/* The same where the machine is on. If it does not return, the machine is switched off. */
static bool returns(void)
{
	bool in_time = stop_wait(&returned, LATE);

	if (!in_time)
		switch_off();
	CHECK(pthread_join(milling.waiter, NULL));
	return in_time;
}

/* --- the tests --- */

/* Whether something arrives at the machine. */
static bool readable(void)
{
	return poll(&(struct pollfd){.fd = wire.machine, .events = POLLIN}, 1, LATE) == 1;
}

/* Whether what the machine reads is the program, and then the last word. */
static bool reads_all(void)
{
	static char arrived[BUFFER];

	for (int i = 0; i <= program.lines; i++) {
		const void *expected = i < program.lines ? (const void *)(text + i) : &last_word;
		size_t length = i < program.lines ? length_of(i) : 1;
		for (size_t at = 0; at < length;) {
			size_t most = length - at < sizeof arrived ? length - at : sizeof arrived;
			ssize_t got = readable() ? recv(wire.machine, arrived, most, 0) : -1;
			if (got <= 0 || memcmp(arrived, (const char *)expected + at, (size_t)got) != 0)
				return false;
			at += (size_t)got;
		}
	}
	return true;
}

/*
 * A signal of somebody else's reaches the thread in the middle of a line, and another one when nothing of the rest has
 * found room: one send() returns a part, and the next one EINTR. While the thread waits there, the process handles signals
 * as ever. Returns whether it does.
 */
static bool interrupt_twice(void)
{
	bool same = true;

	if (!stop_wait(&begun, LATE))
		return same;
	for (int i = 0; i < 2; i++) {
		schedule_await_blocked();
		same = signals_are_handled_as_before() && same;
		syscall(SYS_tgkill, getpid(), feeder, SIGUSR1);
	}
	schedule_await_blocked();
	return same;
}

/* Some signals are blocked by the caller, for reasons of its own. A test that does so would not hear of a broken pipe. */
static void block_some(void)
{
	sigset_t some;

	REQUIRE(sigemptyset(&some) == 0 && sigaddset(&some, SIGPIPE) == 0 && sigaddset(&some, SIGUSR2) == 0);
	CHECK(pthread_sigmask(SIG_BLOCK, &some, NULL));
}

/* How the process handles signals is not the job's to change, nor what a thread of the caller has blocked. */
static void expect_no_meddling(void)
{
	/* Orders what follows after the first next(): that a join is missing, other tests find out. */
	(void)stop_requested(&begun);
	cr_assert_not(program.meddled, "while the job runs, a signal is handled in another way than before");
	cr_assert(signals_are_handled_as_before(), "what the process does about a signal was changed");
	cr_assert_not(mask_changed, "mill_start() has changed which signals its caller has blocked");
	cr_assert_eq(broken_pipes, 0, "the process gets SIGPIPE");
	cr_assert_not(program.strangers,
		      "next() is called by more threads than one, or by that which calls mill_start()");
}

/* Whether sends and receives wait, for as long as it takes. */
static bool blocks(int descriptor)
{
	struct timeval time = {.tv_sec = 0};
	socklen_t size = sizeof time;

	REQUIRE(getsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, &size) == 0);
	return time.tv_sec == 0 && time.tv_usec == 0 && (fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
}

/* The machine says a word, which is for the caller. */
Test(mill, sends_the_program, .timeout = 60)
{
	char word = 0;

	connect_machine();
	REQUIRE(send(wire.machine, &first_word, 1, 0) == 1);
	REQUIRE(recv(wire.ours, &word, 1, MSG_PEEK) == 1);
	int before = open_descriptors();
	block_some();
	start(3, LONG_LINE, false);
	wait_or_stop(false);
	bool same = interrupt_twice();
	bool early = stop_wait(&returned, HOLD);
	bool all = !early && reads_all();
	if (!all)
		switch_off();
	bool in_time = returns();
	int left = open_descriptors() - before;
	cr_assert_not(early, "the machine does not read for a while, and mill_wait() takes that for the end");
	cr_assert(all, "not everything arrives that was to be sent");
	cr_assert(in_time, "all lines are sent, and mill_wait() still waits");
	cr_assert_eq(milling.end, MILL_DONE, "all lines are sent, and that is not what mill_wait() says");
	cr_assert_eq(left, 0, "mill_wait() has returned, and %d descriptors are open that were not before", left);
	cr_assert(same,
		  "while the thread waits in the middle of a line, a signal is handled in another way than before");
	cr_assert(recv(wire.ours, &word, 1, MSG_DONTWAIT) == 1 && word == first_word,
		  "the machine has said something to the caller, and the job has taken it");
	cr_assert(blocks(wire.ours), "all lines are sent, and the connection does not block any more as it did before");
	expect_no_meddling();
}

Test(mill, ends_when_the_machine_has_gone, .timeout = 60)
{
	connect_machine();
	switch_off();
	int before = open_descriptors();
	start(LINES, SHORT_LINE, false);
	wait_or_stop(false);
	bool in_time = comes_back();
	int left = open_descriptors() - before;
	cr_assert(in_time, "the machine has gone, and mill_wait() still waits");
	cr_assert_eq(milling.end, MILL_GONE, "the machine has gone, and that is not what mill_wait() says");
	cr_assert_leq(program.begun, 1, "the machine has gone, and %d lines are asked for", program.begun);
	cr_assert_eq(left, 0, "mill_wait() has returned, and %d descriptors are open that were not before", left);
	expect_no_meddling();
}

/* The machine goes while the thread waits for it: the send learns of that by another error than the sends after it. */
Test(mill, ends_in_the_middle_of_a_line, .timeout = 60)
{
	connect_machine();
	limit(wire.machine, SO_RCVBUF);
	start(LINES, LONG_LINE, false);
	bool sends = readable();
	wait_or_stop(false);
	schedule_await_blocked();
	setsockopt(wire.machine, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
	close(wire.machine);
	bool in_time = comes_back();
	cr_assert(sends, "nothing is sent");
	cr_assert(in_time, "the machine has gone, and mill_wait() still waits");
	cr_assert_eq(milling.end, MILL_GONE, "the machine has gone, and that is not what mill_wait() says");
	cr_assert_eq(program.begun, 1, "the machine has gone in the middle of a line, and %d are asked for",
		     program.begun);
	expect_no_meddling();
}

/* Another job's program: one line, which comes when the first job has been stopped. */
static const char *other_line(void *calls, size_t *length)
{
	schedule_await(FIRST_STOPPED);
	*length = 1;
	return ++*(int *)calls == 1 ? &last_word : NULL;
}

Test(mill, stops_while_the_machine_holds, .timeout = 60)
{
	int others[2], calls = 0;
	char word;

	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, others) == 0);
	struct mill_job *other = mill_start(others[0], other_line, &calls);
	connect_machine();
	limit(wire.machine, SO_RCVBUF);
	start(LINES, LONG_LINE, false);
	bool sends = readable(); /* then it is in the middle of the line, whose end has no room */
	wait_or_stop(true);
	bool in_time = returns();
	schedule_reached(FIRST_STOPPED);
	enum mill_end others_end = mill_wait(other);
	bool sent = recv(others[1], &word, 1, MSG_DONTWAIT) == 1;
	cr_assert(sends, "nothing is sent");
	cr_assert(in_time, "the machine does not read, and mill_stop() waits for it");
	cr_assert_eq(milling.end, MILL_STOPPED, "the job was stopped, and that is not what mill_stop() says");
	cr_assert(others_end == MILL_DONE && sent, "a job was stopped, and another one, of another machine, with it");
	expect_no_meddling();
}

/* Stops the job while the first next() is under way. */
static void stop_in_next(int lines)
{
	connect_machine();
	start(lines, SHORT_LINE, true);
	bool asked = stop_wait(&begun, LATE);
	wait_or_stop(true);
	bool in_time = returns();
	if (asked)
		schedule_await(HOLD_OVER);
	cr_assert(asked, "no line is asked for");
	cr_assert(in_time, "next() has returned, and mill_stop() still waits");
	cr_assert_not(program.late, "mill_stop() has returned, and next() still runs");
	cr_assert_eq(program.ended, program.begun, "next() was called %d times and returned %d times", program.begun,
		     program.ended);
}

Test(mill, waits_for_the_next_line, .timeout = 60)
{
	stop_in_next(LINES);
	cr_assert_eq(milling.end, MILL_STOPPED, "the job was stopped, and that is not what mill_stop() says");
}

Test(mill, has_sent_all_when_it_is_stopped, .timeout = 60)
{
	stop_in_next(0);
	cr_assert_eq(milling.end, MILL_DONE, "next() knows of no further line, and that is not what mill_stop() says");
}

/*
 * There is room for the line: when nobody runs any more, the thread has sent it and learned that it was the last. The
 * machine says that it has nothing to say. It reads all the same.
 */
Test(mill, ends_before_it_is_stopped, .timeout = 60)
{
	connect_machine();
	REQUIRE(shutdown(wire.machine, SHUT_WR) == 0);
	REQUIRE(recv(wire.ours, &(char){0}, 1, 0) == 0);
	start(1, SHORT_LINE, false);
	schedule_await_blocked();
	wait_or_stop(true);
	bool in_time = returns();
	cr_assert(in_time, "all lines are sent, and mill_stop() still waits");
	cr_assert_eq(milling.end, MILL_DONE, "all lines were sent before mill_stop(), and that is not what it says");
}

Test(mill, says_that_the_machine_had_gone, .timeout = 60)
{
	connect_machine();
	switch_off();
	start(LINES, SHORT_LINE, false);
	schedule_await_blocked();
	wait_or_stop(true);
	bool in_time = comes_back();
	cr_assert(in_time, "the machine has gone, and mill_stop() still waits");
	cr_assert_eq(milling.end, MILL_GONE, "the machine had gone before mill_stop(), and that is not what it says");
}

/* A job that its starter stops: at once, when its thread has hardly begun, or in the middle of a line. */
static void *start_and_stop(void *in_a_line)
{
	milling.job = mill_start(wire.ours, next_line, &program);
	if (in_a_line)
		schedule_await_blocked();
	milling.end = mill_stop(milling.job);
	stop_request(&returned);
	return NULL;
}

/* One round of it. Returns whether mill_stop() did. */
static bool stop_one(bool in_a_line)
{
	connect_machine();
	limit(wire.machine, SO_RCVBUF);
	program = (struct program){.lines = LINES, .length = LONG_LINE};
	stop_init(&begun);
	stop_init(&returned);
	CHECK(pthread_create(&milling.waiter, NULL, start_and_stop, in_a_line ? &program : NULL));
	bool in_time = returns();
	stop_destroy(&returned);
	stop_destroy(&begun);
	close(wire.ours);
	if (in_time)
		close(wire.machine);
	return in_time;
}

Test(mill, says_that_it_was_stopped, .timeout = 60)
{
	int before = open_descriptors(), wrong = 0, most = 0;
	bool in_time = true;

	count_broken_pipes();
	woken_is_quick = true;
	for (int i = 0; i < ROUNDS && in_time; i++) {
		in_time = stop_one(i % 2);
		wrong += milling.end != MILL_STOPPED;
		most = program.begun > most ? program.begun : most;
	}
	int left = open_descriptors() - before;
	cr_assert(in_time, "the machine does not read, and mill_stop() waits for it");
	cr_assert_eq(wrong, 0, "a job was stopped in the middle of a line, and that is not what mill_stop() says");
	cr_assert_leq(most, 1, "a line was not sent, and %d are asked for", most);
	cr_assert_eq(left, 0, "mill_stop() has returned, and %d descriptors are open that were not before", left);
}
