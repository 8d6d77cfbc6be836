/*
 * Stands still, in the way that its argument names. For the first ones no
 * thread can ever go on; for the others something may still come.
 */
#define _DEFAULT_SOURCE /* usleep() */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../runtime/machine.h"
#include "kit/check.h"

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t both_have_one;
static sem_t posts;
static int ends[2];

static void start(void *(*routine)(void *), void *arg)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, routine, arg));
}

static void start_and_join(void *(*routine)(void *), void *arg)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, routine, arg));
	CHECK(pthread_join(thread, NULL));
}

/* By a system call from the program's own file, as a detector's runtime makes it. */
static void sleep_by_itself(const struct timespec *sleep)
{
	machine_call(SYS_nanosleep, (long)sleep, 0, 0, 0, 0, 0);
}

/*
 * Sleeps as a detector's own thread does, and is found running at most looks: as if it waited for the processor of a busy
 * machine after each sleep.
 */
static void *sleeps_like_a_runtime(void *arg)
{
	for (;;) {
		struct timespec until, now, sleep = {.tv_nsec = 3000000};
		sleep_by_itself(&sleep);
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += 30000000;
		do
			clock_gettime(CLOCK_MONOTONIC, &now);
		while ((now.tv_sec - until.tv_sec) * 1000000000 + now.tv_nsec - until.tv_nsec < 0);
	}
	return arg;
}

/* --- no thread can go on --- */

static void take_both(pthread_mutex_t *mine, pthread_mutex_t *other)
{
	CHECK(pthread_mutex_lock(mine));
	pthread_barrier_wait(&both_have_one);
	CHECK(pthread_mutex_lock(other));
}

static void *take_other_way(void *arg)
{
	take_both(&second, &first);
	return arg;
}

static void lock_order(void)
{
	CHECK(pthread_barrier_init(&both_have_one, NULL, 2));
	start(take_other_way, NULL);
	take_both(&first, &second);
}

static void lock_twice(void)
{
	CHECK(pthread_mutex_lock(&first));
	CHECK(pthread_mutex_lock(&first));
}

static void lock_beside_a_runtime(void)
{
	start(sleeps_like_a_runtime, NULL);
	lock_twice();
}

static void *end_with_the_lock(void *arg)
{
	CHECK(pthread_mutex_lock(&first));
	return arg;
}

static void lock_of_the_dead(void)
{
	start_and_join(end_with_the_lock, NULL);
	CHECK(pthread_mutex_lock(&first));
}

static void *wait_for_signal(void *arg)
{
	CHECK(pthread_mutex_lock(&first));
	CHECK(pthread_cond_wait(&never, &first));
	return arg;
}

static void condition(void)
{
	start_and_join(wait_for_signal, NULL);
}

static void semaphore(void)
{
	REQUIRE(sem_init(&posts, 0, 0) == 0);
	sem_wait(&posts);
}

static void write_behind_a_reader(void)
{
	CHECK(pthread_rwlock_wrlock(&shared));
	start_and_join((void *(*)(void *))pthread_rwlock_rdlock, &shared);
}

static void *fill(void *arg)
{
	static char much[1 << 20];

	REQUIRE(write(ends[1], much, sizeof much) == (ssize_t)sizeof much);
	return arg;
}

static void full_pipe(void)
{
	REQUIRE(pipe(ends) == 0);
	start_and_join(fill, NULL);
}

static void child(void)
{
	pid_t one = fork();

	REQUIRE(one >= 0);
	if (one == 0)
		lock_twice();
	waitpid(one, NULL, 0);
}

static void *wait_for_main(void *arg)
{
	CHECK(pthread_join(*(pthread_t *)arg, NULL));
	return arg;
}

static void main_left(void)
{
	static pthread_t self;

	self = pthread_self();
	start(wait_for_main, &self);
	start(wait_for_signal, NULL);
	pthread_exit(NULL);
}

/* --- something may still come --- */

static void on_signal(int number)
{
	(void)number;
	sem_post(&posts);
}

static void handler(void)
{
	signal(SIGTERM, on_signal);
	semaphore();
}

static void alarm_clock(void)
{
	signal(SIGALRM, on_signal);
	alarm(1000);
	semaphore();
}

static void timer(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_NONE};
	struct itimerspec when = {.it_value = {.tv_sec = 1000}};
	timer_t id;

	REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &id) == 0 && timer_settime(id, 0, &when, NULL) == 0);
	semaphore();
}

static void *rest(void *arg)
{
	usleep(999000000);
	return arg;
}

static void sleeper(void)
{
	start_and_join(rest, NULL);
}

static void slow_child(void)
{
	pid_t one = fork();

	REQUIRE(one >= 0);
	if (one == 0)
		rest(NULL);
	waitpid(one, NULL, 0);
}

static void *spin_round(void *arg)
{
	for (volatile unsigned long i = 0;; i++)
		;
	return arg;
}

static void spin(void)
{
	start_and_join(spin_round, NULL);
}

static void timed(void)
{
	struct timespec far;

	clock_gettime(CLOCK_REALTIME, &far);
	far.tv_sec += 1000;
	CHECK(pthread_mutex_lock(&first));
	pthread_cond_timedwait(&never, &first, &far);
}

static void socket_pair(void)
{
	char byte;

	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	REQUIRE(read(ends[0], &byte, 1) == 1);
}

static void pauses(void)
{
	pause();
}

static void polls(void)
{
	REQUIRE(pipe(ends) == 0);
	poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, -1);
}

static void polls_for_a_while(void)
{
	poll(NULL, 0, 1000000);
}

static void signal_wait(void)
{
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigwait(&set, &number);
}

static void outside_pipe(void)
{
	char byte;

	/* From a shell: its other end is a process that this one did not start. */
	REQUIRE(read(STDIN_FILENO, &byte, 1) == 1);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} ways[] = {
		{"lock-order", lock_order},
		{"lock-twice", lock_twice},
		{"lock-beside-a-runtime", lock_beside_a_runtime},
		{"lock-of-the-dead", lock_of_the_dead},
		{"condition", condition},
		{"semaphore", semaphore},
		{"rwlock", write_behind_a_reader},
		{"full-pipe", full_pipe},
		{"child", child},
		{"main-left", main_left},
		{"handler", handler},
		{"alarm", alarm_clock},
		{"timer", timer},
		{"sleeper", sleeper},
		{"slow-child", slow_child},
		{"spin", spin},
		{"timed", timed},
		{"socket-pair", socket_pair},
		{"signal-wait", signal_wait},
		{"outside-pipe", outside_pipe},
		{"pause", pauses},
		{"poll", polls},
		{"timed-poll", polls_for_a_while},
	};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (argc > 1 && strcmp(argv[1], ways[i].name) == 0)
			ways[i].run();
	return 0;
}
