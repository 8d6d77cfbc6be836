/*
 * The supervisor: runs one program, and sees to it that it ends and that nothing it
 * started outlives it. The harness starts one for every run.
 *
 *     supervisor RESULT-FILE [OPTION...] -- PROGRAM [ARGUMENT...]
 *
 *     --deadline MS         what the program has, in milliseconds
 *     --deadlock MS         how long a program that cannot go on is left alone; without it, nobody looks
 *     --runner 1            it is a runner of tests, which waits with a time limit for what it starts: what stands
 *                           still is a test
 *     --tests 1             the program runs tests, each in a child: it is not ended itself, but a child that cannot go
 *                           on for --deadlock is, and where it stood is added to --stacks
 *     --hurry 1             another run of the program was in a deadlock: if it stands still, it does not wait for
 *                           a signal
 *     --idle MS             how long it may wait for something from outside, every thread without a time limit
 *     --linger MS           how long what it has started may go on once it has ended by itself, before it is killed
 *     --last-words MS       a program that is ended for one of these reasons gets SIGTERM first, and has so long
 *                           to say what it knows
 *     --stacks FILE         where its threads stand then, before that; stacks.h has the format
 *     --own-network 1       the program has a network of its own, a loopback, where the machine gives it one
 *     --output-limit BYTES  --stdout and --stderr may each grow to this size
 *     --output-kept BYTES   of each, from the beginning and from the end; what lies between takes no room on the disk
 *     --stdout FILE         its standard output, emptied first; else the supervisor's own
 *     --stderr FILE         its standard error, likewise
 *     --stdin FILE          its standard input; else an empty one
 *     --stop-signal NUMBER  sent to the program once it does nothing but wait, or
 *     --stop-after MS       when it has run for this time
 *     --grace MS            told to stop, send the program SIGTERM first, and this time to end
 *     --parent PID          who started the supervisor: end at once if that process is already gone
 *
 * The program is looked up in PATH and starts with signals as after login, no
 * address randomisation, no core dumps, a limit on the size of files, and as the
 * leader of a process group of its own. Descriptors 0 to 2 must be open; of all
 * others it gets only 3, the channel. SIGURG does what --hurry does. SIGTERM,
 * SIGINT, SIGHUP and the death of the supervisor's parent end the program. However
 * it ends, every descendant is then killed and reaped, daemons too, and what its
 * Criterion leaves in /tmp and /dev/shm is removed. When the supervisor itself is
 * killed, so is the program, though not what it has started.
 *
 * The program is the same user's and knows where all these files are. So the
 * supervisor keeps them open or makes them anew, and its memory and descriptors
 * are closed to the program: it is not dumpable, and a program of root's cannot
 * trace any process but its own children.
 *
 * RESULT-FILE appears whole, in one step, once all that is done: one line
 *
 *     ended HOW cpu_us N wall_us N peak_kib N left N own_network N hung N asked N
 *
 * HOW is one of    exit STATUS      by itself
 *                  signal NUMBER    killed by a signal, not the supervisor's
 *                  deadlock         it could not go on: each thread waited for another, see standstill.h
 *                  idle             it waited longer than --idle for something from outside
 *                  unsignalled      or for a signal: each thread waited for another, but a handler could change that
 *                  deadline         it was still running
 *                  flood            it wrote more than --output-limit, however it ended
 *                  stopped          the supervisor was told to stop, and the program did not end in its grace
 *                  noexec ERRNO     the program did not start
 * cpu_us and peak_kib cover the program and its descendants, peak_kib the largest of
 * them; wall_us ends with the program; left counts the descendants that the supervisor
 * had to kill; own_network is 1 when the program had one; hung counts the tests that
 * could not go on; asked is 1 when --stop-signal was sent.
 *
 * Exit status 0: the result was written. 3: it was not, one line on standard error.
 *
 * Above 500 lines: a program of its own, whose few static variables signals and the loop change, and no other file.
 */
#define _GNU_SOURCE /* pipe2(), WNOWAIT, ru_maxrss, and what only Linux has: subreapers, parent-death signals */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "family.h"
#include "stacks.h"
#include "standstill.h"

enum { STOP_IDLE_MS = 500, TESTS = 16 /* that run at once */ };
enum { OUTPUT_CHECK_MS = 100, LOOK_MS = 250, DYING_MS = 30000, PASSES = 1000 };
#define FILE_LIMIT (256LL << 20)

enum how { ENDED, NOEXEC, DEADLINE, DEADLOCK, IDLE, UNSIGNALLED, FLOOD, STOPPED };

static struct {
	const char *result, *paths[2], *stacks, *input;
	long long deadline_ms, deadlock_ms, hurry, runner, idle_ms, linger_ms, last_words_ms, own_network, output_limit,
		output_kept, grace_ms, parent, tests, stop_signal, stop_after_ms;
	char **program;
	int outputs[2];
} job = {.deadline_ms = INT64_MAX / 1000, .outputs = {-1, -1}};

static sigset_t watched;
static struct family family; /* the supervisor itself comes first, then all descendants, as last seen */
static unsigned hung;	     /* tests */

__attribute__((format(printf, 1, 2))) static _Noreturn void give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("supervisor: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(3);
}

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* The signal that came, or -1 after so many milliseconds; SIGURG is noted, and counts as one that says nothing. */
static int wait_for_signal(long long ms)
{
	struct timespec time = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * 1000000)};

	int number = sigtimedwait(&watched, NULL, &time);

	job.hurry = job.hurry || number == SIGURG;
	return number == SIGURG ? SIGCHLD : number;
}

static void parse_options(char **argv)
{
	static const struct {
		const char *name;
		const char **text;
		long long *number;
	} known[] = {{"--stdout", &job.paths[0], NULL},
		     {"--stderr", &job.paths[1], NULL},
		     {"--stacks", &job.stacks, NULL},
		     {"--idle", NULL, &job.idle_ms},
		     {"--deadline", NULL, &job.deadline_ms},
		     {"--output-limit", NULL, &job.output_limit},
		     {"--grace", NULL, &job.grace_ms},
		     {"--output-kept", NULL, &job.output_kept},
		     {"--parent", NULL, &job.parent},
		     {"--last-words", NULL, &job.last_words_ms},
		     {"--linger", NULL, &job.linger_ms},
		     {"--deadlock", NULL, &job.deadlock_ms},
		     {"--hurry", NULL, &job.hurry},
		     {"--own-network", NULL, &job.own_network},
		     {"--runner", NULL, &job.runner},
		     {"--tests", NULL, &job.tests},
		     {"--stdin", &job.input, NULL},
		     {"--stop-signal", NULL, &job.stop_signal},
		     {"--stop-after", NULL, &job.stop_after_ms}};

	for (job.result = *argv ? *++argv : NULL; job.result && *++argv && strcmp(*argv, "--") != 0; argv++) {
		size_t i = 0;
		char *end = NULL;

		while (i < sizeof known / sizeof *known && strcmp(*argv, known[i].name) != 0)
			i++;
		if (i == sizeof known / sizeof *known || !argv[1])
			give_up("unknown option, or one without its value: %s", *argv);
		if (known[i].text)
			*known[i].text = argv[1];
		else if ((*known[i].number = strtoll(argv[1], &end, 10)) <= 0 || *end)
			give_up("%s needs a number above zero, not '%s'", *argv, argv[1]);
	}
	if (!job.result || !*argv || !argv[1])
		give_up("usage: supervisor RESULT-FILE [OPTION...] -- PROGRAM [ARGUMENT...]");
	job.program = argv + 1;
}

static void prepare_signals(void)
{
	for (int number = 1; number <= SIGRTMAX; number++)
		signal(number, SIG_DFL);
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGINT);
	sigaddset(&watched, SIGHUP);
	sigaddset(&watched, SIGURG);
	sigprocmask(SIG_SETMASK, &watched, NULL);
}

/* A new file, whatever the program has put in its place: a pipe that nobody reads, a link to somewhere else. */
static FILE *create(const char *path)
{
	unlink(path);
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	FILE *stream = file >= 0 ? fdopen(file, "w") : NULL;

	if (file >= 0 && !stream)
		close(file);
	return stream;
}

static bool write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	bool written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);

	if (file >= 0)
		close(file);
	return written;
}

/*
 * In the child: a network in which no other run has taken a port, with a
 * loopback and nothing else. A caller that is not root needs a user namespace for
 * that, in which he stays who he is; not every machine allows it.
 */
static void enter_own_network(void)
{
	struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	char map[64];

	if (unshare(CLONE_NEWNET) != 0) {
		unsigned user = getuid(), group = getgid();
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
			return;
		snprintf(map, sizeof map, "%u %u 1", user, user);
		write_file("/proc/self/uid_map", map);
		write_file("/proc/self/setgroups", "deny");
		snprintf(map, sizeof map, "%u %u 1", group, group);
		write_file("/proc/self/gid_map", map);
	}
	int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (any >= 0)
		ioctl(any, SIOCSIFFLAGS, &loopback);
	if (any >= 0)
		close(any);
}

/* What the harness and its parents have open is not for the program. */
static void close_others_on_exec(void)
{
	enum { FIRST = 4, MOST = 4096 };

	if (close_range(FIRST, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	/* A kernel before 5.11. */
	for (int i = FIRST; i < MOST; i++)
		fcntl(i, F_SETFD, FD_CLOEXEC);
}

/* In the child. An exec that fails is told by its errno through `report`, which an exec that succeeds closes. */
static _Noreturn void become_program(pid_t supervisor, int report)
{
	rlim_t largest = (rlim_t)(job.output_limit < FILE_LIMIT ? FILE_LIMIT : job.output_limit + 1);
	int input = open(job.input ? job.input : "/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	close_others_on_exec();

	setpgid(0, 0);
	/* Its files in /proc belong to its user again, who writes a map there. */
	prctl(PR_SET_DUMPABLE, 1);
	if (job.own_network)
		enter_own_network();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(127);
	/* Of root: what the program would need to look into those who have it. Others have not got it anyway. */
	prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){largest, largest});
	personality((unsigned long)personality(0xffffffff) | ADDR_NO_RANDOMIZE);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (input >= 0 && dup2(input, 0) >= 0 && (job.outputs[0] < 0 || dup2(job.outputs[0], 1) >= 0) &&
	    (job.outputs[1] < 0 || dup2(job.outputs[1], 2) >= 0))
		execvp(job.program[0], job.program);
	int error = errno;
	_exit(write(report, &error, sizeof error) == (ssize_t)sizeof error ? 127 : 126);
}

/* Returns once the program runs, or could not; then *error says why. */
static pid_t start_program(int *error)
{
	pid_t supervisor = getpid();
	int report[2];

	if (pipe2(report, O_CLOEXEC) != 0)
		give_up("cannot make a pipe: %s", strerror(errno));
	pid_t program = fork();
	if (program < 0)
		give_up("cannot start a process: %s", strerror(errno));
	if (program == 0)
		become_program(supervisor, report[1]);
	close(report[1]);
	if (read(report[0], error, sizeof *error) != (ssize_t)sizeof *error)
		*error = 0;
	close(report[0]);
	return program;
}

/* Takes away orphans that have ended. True once the program has; it stays, so that its number stays ours. */
static bool program_has_ended(pid_t program)
{
	for (;;) {
		siginfo_t ended = {.si_pid = 0};

		if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0)
			give_up("cannot wait for '%s': %s", job.program[0], strerror(errno));
		if (ended.si_pid == program || ended.si_pid == 0)
			return ended.si_pid == program;
		waitpid(ended.si_pid, NULL, 0);
	}
}

/* Gives back what lies between the beginning and the end of a long output; some file systems cannot. */
static void thin_out(int output, long long size)
{
	static long long thinned[2];
	long long *done = &thinned[output], middle = size - job.output_kept;

	if (!job.output_kept || middle <= job.output_kept || middle <= *done)
		return;
	fallocate(job.outputs[output], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, job.output_kept,
		  middle - job.output_kept);
	*done = middle;
}

static bool flooded(void)
{
	struct stat file;

	for (int i = 0; i < 2 && job.output_limit; i++) {
		if (job.outputs[i] < 0 || fstat(job.outputs[i], &file) != 0)
			continue;
		if (file.st_size > job.output_limit)
			return true;
		thin_out(i, file.st_size);
	}
	return false;
}

static void look_at_tests(pid_t program);

static struct {
	enum standing standing;
	uint64_t mark;
	long long since, next; /* in microseconds */
} stood;
static bool asked; /* to stop */

/* What has nothing to do but wait has begun to serve, and can be told to stop. */
static long long idle_limit_ms(void)
{
	return job.stop_signal && !asked ? STOP_IDLE_MS : job.idle_ms;
}

/* ENDED: it can go on, or nobody knows. */
static enum how standstill(void)
{
	char path[PATH_MAX];
	long long now = now_us();
	uint64_t mark;

	long long idle_ms = idle_limit_ms();

	if ((!job.deadlock_ms && !idle_ms) || now < stood.next)
		return ENDED;
	family_find(&family, getpid());
	/* The supervisor itself comes first, then the program. */
	size_t others = job.runner && family.count > 1 ? 2 : 1;
	enum standing standing = standstill_look(family.pids + others, family.count - others,
						 realpath(job.program[0], path) ? path : NULL, &mark);
	if (standing != stood.standing || mark != stood.mark || standing == STANDS_NOT)
		stood.since = now;
	stood.standing = standing;
	stood.mark = mark;
	stood.next = now_us() + LOOK_MS * 1000;
	long long stood_ms = (now - stood.since) / 1000;
	bool for_ever = standing == STANDS_FOR_EVER || (standing == STANDS_UNLESS_SIGNALLED && job.hurry);
	if (for_ever && job.deadlock_ms && stood_ms >= job.deadlock_ms)
		return DEADLOCK;
	if (standing == STANDS_NOT || !idle_ms || stood_ms < idle_ms)
		return ENDED;
	return standing == STANDS_UNLESS_SIGNALLED ? UNSIGNALLED : IDLE;
}

static void ask_to_stop(pid_t program)
{
	asked = true;
	stood.since = now_us();
	kill(program, (int)job.stop_signal);
}

static enum how watch(pid_t program, long long started)
{
	for (;;) {
		long long left_ms = job.deadline_ms - (now_us() - started) / 1000;

		if (program_has_ended(program))
			return ENDED;
		if (flooded())
			return FLOOD;
		if (left_ms <= 0)
			return DEADLINE;
		enum how how = job.tests ? ENDED : standstill();
		bool waits = how == IDLE || how == UNSIGNALLED;
		if (job.stop_signal && !asked && (waits || now_us() - started >= job.stop_after_ms * 1000)) {
			ask_to_stop(program);
			how = ENDED;
		}
		if (how != ENDED)
			return how;
		if (job.tests)
			look_at_tests(program);
		bool looks = job.output_limit || job.deadlock_ms || job.idle_ms || job.stop_signal;
		int number = wait_for_signal(looks && left_ms > OUTPUT_CHECK_MS ? OUTPUT_CHECK_MS : left_ms);
		if (number > 0 && number != SIGCHLD)
			return STOPPED;
	}
}

/* The supervisor is told to stop: so is the program. Told twice, the supervisor waits no longer. */
static enum how stop_gently(pid_t program)
{
	job.deadline_ms = job.grace_ms;
	job.deadlock_ms = job.idle_ms = 0;
	kill(program, SIGTERM);
	return watch(program, now_us()) == ENDED ? ENDED : STOPPED;
}

/* Until no descendant is left, not even a dead one. False when one of them will not die. */
static bool end_all(pid_t program, int *status, unsigned *left)
{
	long long end = now_us() + DYING_MS * 1000LL;

	kill(-program, SIGKILL); /* the whole group in one step; most have no other descendants */
	for (int one; now_us() < end;) {
		pid_t pid = waitpid(-1, &one, WNOHANG);

		if (pid < 0)
			return true;
		if (pid == program)
			*status = one;
		else if (pid > 0)
			*left += WIFSIGNALED(one) && WTERMSIG(one) == SIGKILL;
		if (pid > 0)
			continue;
		for (int i = 0; !family_freeze(&family, getpid()) && i < PASSES; i++)
			;
		for (size_t i = 1; i < family.count; i++)
			kill(family.pids[i], SIGKILL);
		wait_for_signal(5);
	}
	return false;
}

/* The library lies beside the supervisor. What it cannot write is missing, and the rest goes on. */
static void take_stacks(const pid_t *pids, size_t count)
{
	/* Open from the first to the last: by its name the program could get at it. */
	static FILE *file;
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof "stacks.so");

	if (!job.stacks || length <= 0)
		return;
	path[length] = '\0';
	strcpy(strrchr(path, '/') + 1, "stacks.so");
	void *library = dlopen(path, RTLD_NOW);
	void (*take)(const pid_t *, size_t, FILE *) = NULL;
	if (library)
		*(void **)&take = dlsym(library, "stacks_take");
	if (take && !file)
		file = create(job.stacks);
	if (!take || !file)
		return;
	take(pids, count, file);
	fflush(file);
}

/* --- tests --- */

static struct test {
	pid_t pid; /* 0: none */
	enum standing standing;
	uint64_t mark;
	long long since; /* in microseconds */
	bool seen, told; /* by the last look; to end */
} tests[TESTS];

static struct test *test_of(pid_t pid)
{
	for (size_t i = 0; i < TESTS; i++)
		if (tests[i].pid == pid)
			return &tests[i];
	for (size_t i = 0; i < TESTS; i++)
		if (!tests[i].pid) {
			tests[i] = (struct test){.pid = pid, .since = now_us()};
			return &tests[i];
		}
	return NULL;
}

/* The runner of tests takes it for one that was killed, and goes on. A simulator says first what it knows. */
static void end_test(struct test *test, const struct family *tree)
{
	if (!test->told) {
		hung++;
		take_stacks(tree->pids, tree->count);
	}
	for (size_t i = 0; i < tree->count; i++)
		kill(tree->pids[i], job.last_words_ms && !test->told ? SIGTERM : SIGKILL);
	test->told = true;
	test->since = now_us() + job.last_words_ms * 1000;
}

/*
 * How long a test may stand like this. A simulator catches all signals, so of a
 * test inside one it is never certain that none will come; and Criterion keeps a
 * thread in each test, which waits for Criterion. Once another run of the program
 * is known to hang, this one does too. Negative: for ever.
 */
static long long patience_ms(enum standing standing)
{
	if (standing == STANDS_FOR_EVER || (standing != STANDS_NOT && job.hurry))
		return job.deadlock_ms;
	if (standing == STANDS_NOT || !job.idle_ms)
		return -1;
	return standing == STANDS_UNLESS_SIGNALLED ? job.deadlock_ms + job.idle_ms / 5 : job.idle_ms;
}

static void look_at_test(pid_t pid, const char *program)
{
	static struct family tree;
	struct test *test = test_of(pid);
	uint64_t mark;

	if (!test)
		return;
	family_find(&tree, pid);
	enum standing standing = standstill_look(tree.pids, tree.count, program, &mark);
	if (!test->told && (standing != test->standing || mark != test->mark || standing == STANDS_NOT))
		test->since = now_us();
	test->seen = true;
	test->standing = standing;
	test->mark = mark;
	long long patience = test->told ? 0 : patience_ms(standing);
	if (patience >= 0 && now_us() - test->since >= patience * 1000)
		end_test(test, &tree);
}

static void look_at_tests(pid_t program)
{
	static struct family all;
	static long long next;
	char path[PATH_MAX];

	if (!job.deadlock_ms || now_us() < next)
		return;
	family_find_children(&all, program);
	for (size_t i = 0; i < TESTS; i++)
		tests[i].seen = false;
	for (size_t i = 0; i < all.count; i++)
		look_at_test(all.pids[i], realpath(job.program[0], path) ? path : NULL);
	for (size_t i = 0; i < TESTS; i++)
		if (!tests[i].seen)
			tests[i].pid = 0;
	next = now_us() + LOOK_MS * 1000;
}

/* A detector may still write what it knows; told to stop meanwhile, the supervisor waits no longer. */
static void hear_last_words(pid_t program)
{
	long long end = now_us() + job.last_words_ms * 1000;

	kill(program, SIGTERM);
	while (!program_has_ended(program) && now_us() < end && !flooded()) {
		int number = wait_for_signal(OUTPUT_CHECK_MS);
		if (number > 0 && number != SIGCHLD)
			return;
	}
}

/* Whether anything lives that the program has started. An orphan that has ended is the supervisor's child, and waits for it. */
static bool descendants_live(pid_t program)
{
	family_find(&family, getpid());
	for (size_t i = 1; i < family.count; i++) {
		siginfo_t ended = {.si_pid = 0};
		if (family.pids[i] != program &&
		    (waitid(P_PID, (id_t)family.pids[i], &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		     ended.si_pid == 0))
			return true;
	}
	return false;
}

/* A daemon does its work when the process that started it is gone. */
static void let_descendants_end(pid_t program)
{
	long long end = now_us() + job.linger_ms * 1000;
	siginfo_t ended = {.si_pid = 0};

	if (waitid(P_PID, (id_t)program, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_code != CLD_EXITED)
		return;
	while (now_us() < end && descendants_live(program) && !flooded()) {
		int number = wait_for_signal(OUTPUT_CHECK_MS);
		if (number > 0 && number != SIGCHLD)
			return;
	}
}

/* Whether the program lives in another network than the supervisor. */
static bool has_own_network(pid_t program)
{
	char path[64];
	struct stat its, ours;

	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)program);
	return stat(path, &its) == 0 && stat("/proc/self/ns/net", &ours) == 0 && its.st_ino != ours.st_ino;
}

/* A runner of tests that is killed leaves its socket and its memory. Nobody can choose the places: they are built in. */
static void remove_leftovers(pid_t program)
{
	char path[64];

	snprintf(path, sizeof path, "/tmp/criterion_%d.sock", (int)program);
	unlink(path);
	snprintf(path, sizeof path, "/dev/shm/bxfi_%d", (int)program);
	unlink(path);
}

static void write_result(const char *how, long long wall_us, unsigned left, bool own_network)
{
	char path[4096];
	struct rusage used;

	getrusage(RUSAGE_CHILDREN, &used);
	long long cpu_us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec +
			   used.ru_stime.tv_usec;
	if (snprintf(path, sizeof path, "%s.new", job.result) >= (int)sizeof path)
		give_up("the name of the result file is too long");
	FILE *file = create(path);
	bool written = file && fprintf(file,
				       "ended %s cpu_us %lld wall_us %lld peak_kib %ld left %u own_network %d "
				       "hung %u asked %d\n",
				       how, cpu_us, wall_us, used.ru_maxrss, left, own_network, hung, asked) > 0;
	written = file && fclose(file) == 0 && written && rename(path, job.result) == 0;
	if (!written) {
		int error = errno;
		unlink(path);
		give_up("cannot write '%s': %s", job.result, strerror(error));
	}
}

int main(int argc, char **argv)
{
	static const char *const words[] = {
		[DEADLINE] = "deadline",       [DEADLOCK] = "deadlock", [IDLE] = "idle",
		[UNSIGNALLED] = "unsignalled", [FLOOD] = "flood",	[STOPPED] = "stopped"};
	char text[32];
	int error = 0, status = 0;
	unsigned left = 0;

	parse_options(argc ? argv : (char *[]){NULL});
	prepare_signals();
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (job.parent && getppid() != job.parent)
		give_up("process %lld is gone", job.parent);
	for (int i = 0; i < 2; i++) {
		const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC;
		if (job.paths[i] && (job.outputs[i] = open(job.paths[i], flags, 0666)) < 0)
			give_up("cannot write '%s': %s", job.paths[i], strerror(errno));
	}

	long long started = now_us();
	pid_t program = start_program(&error);
	bool own_network = !error && has_own_network(program);
	enum how how = error ? NOEXEC : watch(program, started);
	if (how == STOPPED && job.grace_ms)
		how = stop_gently(program);
	long long wall_us = now_us() - started;
	if (how == ENDED && job.linger_ms)
		let_descendants_end(program);
	bool still = how == DEADLOCK || how == IDLE || how == UNSIGNALLED;
	if (how == DEADLINE || still) {
		family_find(&family, getpid());
		take_stacks(family.pids + 1, family.count - 1);
	}
	/* In the middle of its work, what a detector says of the end would be the supervisor's doing. */
	if (still && job.last_words_ms)
		hear_last_words(program);
	if (!end_all(program, &status, &left))
		give_up("cannot end every process that '%s' started", job.program[0]);
	remove_leftovers(program);
	if (how == ENDED && flooded())
		how = FLOOD;
	if (how == NOEXEC)
		snprintf(text, sizeof text, "noexec %d", error);
	else if (how != ENDED)
		snprintf(text, sizeof text, "%s", words[how]);
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof text, "signal %d", WTERMSIG(status));
	else
		snprintf(text, sizeof text, "exit %d", WEXITSTATUS(status));
	write_result(text, wall_us, left, own_network);
	return 0;
}
