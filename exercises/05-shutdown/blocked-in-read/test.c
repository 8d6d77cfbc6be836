/*
 * What scale.h promises, seen from the office and from the scale at the other end of
 * the line. What text() has written is read without a lock once scale_stop() has
 * returned: if a thread still writes there, that is a data race. No right scale is
 * refused for its time.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "scale.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum { LATE = 8000 /* ms: when a test stops waiting for what does not happen; no right scale is near it */ };
enum { SCALES = 2, CARD = 8 /* bytes of a card */, ROOM = 64, DESCRIPTORS = 256 };
enum { MANY = 1000 /* waits of one thread; a right one waits a few times */ };
enum { TALK = 10 /* calls of text() for a scale that does not stop talking */ };
enum { STOPPING, OTHER_SAID, NEVER };

/* --- the lines --- */

static struct line {
	int ours, scale; /* where the office reads and the scale writes; 0: there is none */
} lines[SCALES];

static struct line card_reader; /* of the gate: another line of the same process */

static struct line connect_line(void)
{
	int ends[2];

	HAVE(pipe(ends) == 0);
	return (struct line){.ours = ends[0], .scale = ends[1]};
}

static void say(const struct line *line, const char *text)
{
	for (size_t left = strlen(text); left > 0;) {
		ssize_t written = write(line->scale, text, left);
		REQUIRE(written > 0 || errno == EINTR);
		text += written > 0 ? written : 0;
		left -= written > 0 ? (size_t)written : 0;
	}
}

/* How many bytes are in the line, and nobody has read them. */
static int left_in(const struct line *line)
{
	int bytes = 0;

	REQUIRE(ioctl(line->ours, FIONREAD, &bytes) == 0);
	return bytes;
}

static bool is_unchanged(const struct line *line)
{
	return fcntl(line->ours, F_GETFL) == O_RDONLY;
}

/* Of those that a scale may open: a detector may open files at any time. */
static int open_descriptors(void)
{
	struct stat file;
	int open = 0;

	for (int i = 0; i < DESCRIPTORS; i++)
		open += fstat(i, &file) == 0 &&
			(S_ISSOCK(file.st_mode) || S_ISFIFO(file.st_mode) || !(file.st_mode & S_IFMT));
	return open;
}

static void *do_nothing(void *arg)
{
	return arg;
}

/* Of the process. A detector may start one of its own together with the first that the program starts. */
static int count_threads(void)
{
	pthread_t first;

	NEED(pthread_create(&first, NULL, do_nothing, NULL));
	CHECK(pthread_join(first, NULL));
	schedule_await_blocked();
	DIR *tasks = opendir("/proc/self/task");
	int count = 0;

	HAVE(tasks);
	for (struct dirent *task = readdir(tasks); task; task = readdir(tasks))
		count += task->d_name[0] != '.';
	closedir(tasks);
	return count;
}

/* --- waits for a line --- */

static bool unlucky;   /* of the test, which sets it before it starts a scale */
static bool slow_read; /* likewise: what a read has got it hands over only when the stop was asked for */

static _Thread_local int waits; /* that this thread has begun */

/* What was closed meanwhile has a number that the process gives to the next that it opens. */
static void open_again(int descriptor, const struct line *other)
{
	if (fcntl(descriptor, F_GETFD) < 0)
		HAVE(dup2(other->ours, descriptor) == descriptor);
}

/*
 * On some days a thread that has looked for a stop, and is about to wait for its line, gets no time until the stop was
 * asked for. If the line was closed meanwhile, its number is the card reader's. On all other days the first call of
 * each kind is interrupted in each thread: it returns true.
 */
static bool is_interrupted(const struct line *line, bool *called)
{
	if (++waits > MANY)
		schedule_await(NEVER);
	if (waits == 1 && unlucky) {
		schedule_await(STOPPING);
		schedule_await_blocked();
		open_again(line->ours, &card_reader);
	}
	bool interrupted = !*called && !unlucky;
	*called = true;
	errno = EINTR;
	return interrupted;
}

static const struct line *line_of(int descriptor)
{
	for (int i = 0; i < SCALES; i++)
		if (descriptor > 0 && lines[i].ours == descriptor)
			return &lines[i];
	return NULL;
}

/* ThreadSanitizer's own, where it is there: what it knows of a wait it learns there. */
ssize_t __interceptor_read(int descriptor, void *bytes, size_t size) __attribute__((weak));
int __interceptor_poll(struct pollfd *all, nfds_t count, int timeout) __attribute__((weak));
int __interceptor_select(int end, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout)
	__attribute__((weak));

static struct {
	ssize_t (*read)(int descriptor, void *bytes, size_t size);
	int (*poll)(struct pollfd *all, nfds_t count, int timeout);
	int (*select)(int end, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout);
} real;

/* Before main(), or with the first call that a library makes earlier: there is one thread. */
__attribute__((constructor)) static void find_real(void)
{
	real.read = __interceptor_read ? (void *)__interceptor_read : dlsym(RTLD_NEXT, "read");
	real.poll = __interceptor_poll ? (void *)__interceptor_poll : dlsym(RTLD_NEXT, "poll");
	real.select = __interceptor_select ? (void *)__interceptor_select : dlsym(RTLD_NEXT, "select");
}

/* These stand in for the C library's. */
ssize_t read(int descriptor, void *bytes, size_t size)
{
	static _Thread_local bool called;
	const struct line *line = line_of(descriptor);

	if (!real.read)
		find_real();
	if (line && size > 0 && is_interrupted(line, &called))
		return -1;
	ssize_t got = real.read(descriptor, bytes, size); /* at the end of the line errno is whatever it was: EINTR */
	if (line && slow_read && got > 0) {
		schedule_await(STOPPING);
		schedule_await_blocked();
	}
	return got;
}

/* A time is over when the machine finds the time: nothing may depend on it, and for a line that is silent it never is. */
int poll(struct pollfd *all, nfds_t count, int timeout)
{
	static _Thread_local bool called;
	const struct line *line = NULL;

	if (!real.poll)
		find_real();
	for (nfds_t i = 0; i < count && !line; i++)
		line = line_of(all[i].fd);
	if (!line || timeout == 0)
		return real.poll(all, count, timeout);
	if (is_interrupted(line, &called))
		return -1;
	for (nfds_t i = 0; i < count; i++)
		if (all[i].fd >= 0)
			open_again(all[i].fd, &lines[SCALES - 1]);
	return real.poll(all, count, -1);
}

int select(int end, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout)
{
	static _Thread_local bool called;
	const struct line *line = NULL;

	if (!real.select)
		find_real();
	for (int i = 0; i < end && in && !line; i++)
		line = FD_ISSET(i, in) ? line_of(i) : NULL;
	if (!line)
		return real.select(end, in, out, other, timeout);
	return is_interrupted(line, &called) ? -1 : real.select(end, in, out, other, NULL);
}

/* --- signals --- */

static struct signals {
	sigset_t blocked; /* by the thread that starts the scales */
	struct sigaction handled[NSIG];
} signals;

static struct signals signals_now(void)
{
	struct signals now;

	CHECK(pthread_sigmask(SIG_BLOCK, NULL, &now.blocked));
	for (int i = 1; i < NSIG; i++)
		if (sigaction(i, NULL, &now.handled[i]) != 0) /* the C library's own, whose numbers lie between */
			now.handled[i].sa_handler = SIG_DFL;
	return now;
}

static bool has_changed(int signal, const struct signals *before, const struct signals *now)
{
	return sigismember(&before->blocked, signal) != sigismember(&now->blocked, signal) ||
	       before->handled[signal].sa_handler != now->handled[signal].sa_handler;
}

/* The first signal that the scales have no business with, and that is handled in another way or blocked; 0: none. */
static int changed_signal(void)
{
	struct signals now = signals_now();

	for (int i = 1; i < NSIG; i++)
		if (i != SIGUSR1 && has_changed(i, &signals, &now))
			return i;
	return 0;
}

/* --- the office --- */

static struct office {
	struct line *line;
	char text[ROOM]; /* what text() was given; of the thread that calls it, then of the one that has stopped it */
	size_t length;
	int ends;	   /* calls that told the end of the line */
	int begun, ended;  /* calls of text() */
	bool talks;	   /* the scale says something each time that it is heard, and the first text() is held */
	bool slow;	   /* the first text() takes until the other scale has said something, too */
	bool late;	   /* a text() ran when scale_stop() had returned */
	struct stop heard; /* requested when the first text has come */
	struct scale *scale;
	struct stop returned; /* requested when scale_stop() has */
} offices[SCALES];

/* Until the thread that stops the scale can do no more but wait. Then the scale says something more. */
static void hear_more(struct office *office)
{
	int before;

	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before));
	schedule_await(STOPPING);
	schedule_await_blocked();
	office->late = stop_requested(&office->returned);
	if (office->begun < TALK)
		say(office->line, "x");
	CHECK(pthread_setcancelstate(before, NULL));
	if (office->late)
		schedule_await(NEVER); /* nobody can tell what this thread would do next */
}

static void hear(void *arg, const char *text, size_t length)
{
	struct office *office = arg;

	office->begun++;
	if (office->begun == 1)
		stop_request(&office->heard);
	if (office->begun == 1 && office->slow)
		schedule_await(OTHER_SAID);
	if (office->talks)
		hear_more(office);
	pthread_testcancel(); /* as in write() */
	office->ends += !text;
	REQUIRE(length <= sizeof office->text - office->length || office->talks);
	if (text && !office->talks) {
		memcpy(office->text + office->length, text, length);
		office->length += length;
	}
	office->ended++;
}

/* Before any scale is started: its thread looks up the lines. */
static void connect_lines(void)
{
	for (int i = 0; i < SCALES; i++)
		lines[i] = connect_line();
}

static void open_office(int number, bool talks, bool slow)
{
	struct office *office = &offices[number];

	*office = (struct office){.line = &lines[number], .talks = talks, .slow = slow};
	stop_init(&office->heard);
	stop_init(&office->returned);
	office->scale = scale_start(lines[number].ours, hear, office);
}

static bool has_heard(const struct office *office, const char *text)
{
	return office->length == strlen(text) && memcmp(office->text, text, office->length) == 0;
}

static void *stop_scale(void *arg)
{
	struct office *office = arg;
	struct scale *scale = office->scale;

	office->scale = NULL; /* or memcheck could reach it here */
	schedule_reached(STOPPING);
	scale_stop(scale);
	stop_request(&office->returned);
	return NULL;
}

/* Whether scale_stop() returns. If it does not, the test fails, and its threads end with it. */
static bool stops(int number)
{
	struct office *office = &offices[number];
	pthread_t stopper;

	NEED(pthread_create(&stopper, NULL, stop_scale, office));
	bool in_time = stop_wait(&office->returned, LATE);
	if (in_time)
		CHECK(pthread_join(stopper, NULL));
	return in_time;
}

/* --- the tests --- */

Test(scale, hands_on_what_comes, .timeout = 60)
{
	connect_lines();
	int before = open_descriptors(), threads = count_threads();
	signals = signals_now();
	open_office(0, false, false);
	schedule_await_blocked();
	say(&lines[0], "12");
	schedule_await_blocked();
	bool at_once = stop_requested(&offices[0].heard);
	say(&lines[0], "40 kg\n");
	schedule_await_blocked();
	bool unchanged = is_unchanged(&lines[0]);
	close(lines[0].scale); /* the line has ended */
	schedule_await_blocked();
	int left_threads = count_threads() - threads;
	bool in_time = stops(0);
	cr_assert(in_time, "the line has ended, and scale_stop() does not return");
	cr_assert(unchanged, "the line's flags were changed");
	cr_assert(at_once, "the scale says '12' and pauses, and the office hears nothing of it");
	cr_assert(has_heard(&offices[0], "1240 kg\n"), "the office hears '%.*s'", (int)offices[0].length,
		  offices[0].text);
	cr_assert_eq(offices[0].ends, 1, "the line has ended, and the office is told %d times", offices[0].ends);
	cr_assert(is_unchanged(&lines[0]), "the line is the caller's, and it was closed or changed");
	int left = open_descriptors() - (before - 1), changed = changed_signal();
	cr_assert_eq(left_threads, 0, "the line has ended, the office has heard of it, and the thread is still there");
	cr_assert_eq(changed, 0, "signal %d is handled or blocked in another way than before", changed);
	cr_assert_eq(left, 0, "scale_stop() has returned, and %d descriptors are open that were not before", left);
}

Test(scale, stops_while_the_scale_is_silent, .timeout = 60)
{
	connect_lines();
	int before = open_descriptors();
	open_office(0, false, true);
	open_office(1, false, false);
	say(&lines[0], "7 t\n");
	schedule_await_blocked();
	say(&lines[1], "5 t\n");
	schedule_await_blocked();
	schedule_reached(OTHER_SAID);
	schedule_await_blocked();
	bool in_time = stops(0);
	cr_assert(in_time, "the scale says nothing, and scale_stop() does not return");
	say(&lines[0], "8 t\n");
	say(&lines[1], "9 t\n");
	schedule_await_blocked();
	bool others = stops(1);
	cr_assert(others, "the other scale says nothing, and scale_stop() does not return");
	cr_assert(is_unchanged(&lines[0]), "the line is the caller's, and it was closed or changed");
	int left = left_in(&lines[0]);
	cr_assert_eq(left, 4, "the scale was stopped, and the thread reads its line: %d of 4 bytes are left", left);
	cr_assert(has_heard(&offices[0], "7 t\n"), "the office hears '%.*s'", (int)offices[0].length, offices[0].text);
	cr_assert(has_heard(&offices[1], "5 t\n9 t\n"),
		  "a scale was stopped, and the office does not hear the other one");
	cr_assert_eq(offices[0].ends + offices[1].ends, 0, "no line has ended, and the office is told so");
	int open = open_descriptors() - before;
	cr_assert_eq(open, 0, "scale_stop() has returned, and %d descriptors are open that were not before", open);
}

Test(scale, stops_before_it_waits, .timeout = 60)
{
	card_reader = connect_line();
	say(&card_reader, "card 17\n");
	connect_lines();
	unlucky = true;
	open_office(0, false, false);
	schedule_await_blocked();
	bool in_time = stops(0);
	int left = left_in(&card_reader);
	cr_assert_eq(left, CARD, "the thread reads what is the card reader's, by the number of its line");
	cr_assert(in_time, "the thread was about to read when scale_stop() came, which does not return");
	cr_assert(is_unchanged(&lines[0]), "the line is the caller's, and it was closed or changed");
	cr_assert_eq(offices[0].begun, 0, "the scale has said nothing, and text() is called %d times",
		     offices[0].begun);
}

Test(scale, stops_while_the_scale_talks, .timeout = 60)
{
	connect_lines();
	open_office(0, true, false);
	say(&lines[0], "x");
	schedule_await_blocked();
	bool in_time = stops(0);
	struct office *office = &offices[0];
	cr_assert(in_time, "the scale talks, and scale_stop() does not return");
	cr_assert_not(office->late, "scale_stop() has returned, and text() still runs");
	cr_assert_eq(office->ended, office->begun, "text() was called %d times, and returned %d times", office->begun,
		     office->ended);
	cr_assert_lt(office->begun, TALK, "scale_stop() waits until the scale pauses");
}

Test(scale, hands_on_what_it_has_read, .timeout = 60)
{
	connect_lines();
	slow_read = true;
	open_office(0, false, false);
	schedule_await_blocked();
	say(&lines[0], "3 t\n");
	schedule_await_blocked(); /* it has been read */
	bool in_time = stops(0);
	cr_assert(in_time, "the thread reads when scale_stop() comes, which does not return");
	int left = left_in(&lines[0]);
	cr_assert(left > 0 || has_heard(&offices[0], "3 t\n"),
		  "the thread has read '3 t' when scale_stop() came, and the office hears '%.*s'",
		  (int)offices[0].length, offices[0].text);
}
