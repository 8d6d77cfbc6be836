/*
 * The supervisor: runs one program, and sees to it that it ends and that nothing it
 * started outlives it. The harness starts one for every run.
 *
 *     supervisor RESULT-FILE [OPTION...] -- PROGRAM [ARGUMENT...]
 *
 *     --deadline MS         the program has so many milliseconds
 *     --output-limit BYTES  --stdout and --stderr may each grow to so many bytes
 *     --stdout FILE         its standard output, emptied first; else the supervisor's own
 *     --stderr FILE         its standard error, likewise
 *     --grace MS            told to stop, send the program SIGTERM first, and give it so long to end
 *     --parent PID          who started the supervisor: end at once if that process is already gone
 *
 * The program is looked up in PATH and starts with an empty standard input, signals
 * as after login, no address randomisation, no core dumps, a limit on the size of
 * files, and as the leader of a process group of its own. Descriptors 0 to 2 must be
 * open; others are inherited. SIGTERM, SIGINT, SIGHUP and the death of whoever
 * started the supervisor end the program. However it ends, every descendant is then
 * killed and reaped, daemons too, and what its Criterion leaves in /tmp and /dev/shm is removed. When
 * the supervisor itself is killed, so is the program, though not what it has started.
 *
 * RESULT-FILE appears whole, in one step, once all that is done: one line
 *
 *     ended HOW cpu_us N wall_us N peak_kib N left N
 *
 * HOW is one of    exit STATUS      by itself
 *                  signal NUMBER    killed by a signal, not the supervisor's
 *                  deadline         it was still running
 *                  flood            it wrote more than --output-limit, however it ended
 *                  stopped          the supervisor was told to stop, and the program did not end in its grace
 *                  noexec ERRNO     the program did not start
 * cpu_us and peak_kib cover the program and its descendants, peak_kib the largest of
 * them; wall_us ends with the program; left counts the descendants that the supervisor
 * had to kill.
 *
 * Exit status 0: the result was written. 3: it was not, one line on standard error.
 */
#define _GNU_SOURCE /* pipe2(), WNOWAIT, ru_maxrss, and what only Linux has: subreapers, parent-death signals */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_CHECK_MS = 100, DYING_MS = 30000, PASSES = 1000 };
#define FILE_LIMIT (256LL << 20)

enum how { ENDED, NOEXEC, DEADLINE, FLOOD, STOPPED };

static struct {
	const char *result, *paths[2];
	long long deadline_ms, output_limit, grace_ms, parent;
	char **program;
	int outputs[2];
} job = {.deadline_ms = INT64_MAX / 1000, .outputs = {-1, -1}};

static sigset_t watched;
static struct {
	pid_t *pids;
	size_t count, room;
} family; /* all descendants, as last seen; the supervisor itself comes first */

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

/* The signal that came, or -1 after so many milliseconds. */
static int wait_for_signal(long long ms)
{
	struct timespec time = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * 1000000)};

	return sigtimedwait(&watched, NULL, &time);
}

static void parse_options(char **argv)
{
	static const struct {
		const char *name;
		const char **text;
		long long *number;
	} known[] = {{"--stdout", &job.paths[0], NULL},	     {"--stderr", &job.paths[1], NULL},
		     {"--deadline", NULL, &job.deadline_ms}, {"--output-limit", NULL, &job.output_limit},
		     {"--grace", NULL, &job.grace_ms},	     {"--parent", NULL, &job.parent}};

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
	sigprocmask(SIG_SETMASK, &watched, NULL);
}

/* In the child. An exec that fails is told by its errno through `report`, which an exec that succeeds closes. */
static _Noreturn void become_program(pid_t supervisor, int report)
{
	rlim_t largest = (rlim_t)(job.output_limit < FILE_LIMIT ? FILE_LIMIT : job.output_limit + 1);
	int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(127);
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

static bool flooded(void)
{
	struct stat file;

	for (int i = 0; i < 2 && job.output_limit; i++)
		if (job.outputs[i] >= 0 && fstat(job.outputs[i], &file) == 0 && file.st_size > job.output_limit)
			return true;
	return false;
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
		int number = wait_for_signal(job.output_limit && left_ms > OUTPUT_CHECK_MS ? OUTPUT_CHECK_MS : left_ms);
		if (number > 0 && number != SIGCHLD)
			return STOPPED;
	}
}

/* The supervisor is told to stop: so is the program. Told twice, the supervisor waits no longer. */
static enum how stop_gently(pid_t program)
{
	job.deadline_ms = job.grace_ms;
	kill(program, SIGTERM);
	return watch(program, now_us()) == ENDED ? ENDED : STOPPED;
}

static void family_add(pid_t pid)
{
	if (family.count == family.room) {
		family.room = family.room ? 2 * family.room : 64;
		family.pids = realloc(family.pids, family.room * sizeof *family.pids);
		if (!family.pids)
			give_up("out of memory");
	}
	family.pids[family.count++] = pid;
}

static void family_add_children(pid_t parent)
{
	char path[64];
	int pid;

	snprintf(path, sizeof path, "/proc/%d/task", (int)parent);
	DIR *tasks = opendir(path);
	for (struct dirent *task; tasks && (task = readdir(tasks));) {
		snprintf(path, sizeof path, "/proc/%d/task/%.16s/children", (int)parent, task->d_name);
		FILE *children = task->d_name[0] == '.' ? NULL : fopen(path, "re");
		while (children && fscanf(children, "%d", &pid) == 1)
			family_add(pid);
		if (children)
			fclose(children);
	}
	if (tasks)
		closedir(tasks);
}

/* Stops all descendants, parents first, so that none forks any more. True when they are the same as the last time. */
static bool freeze(void)
{
	static uint64_t before;
	uint64_t sum = 0, last = before;

	family.count = 0;
	family_add(getpid());
	for (size_t i = 0; i < family.count; i++) {
		if (i && kill(family.pids[i], SIGSTOP) == 0)
			sum = (sum ^ (uint64_t)family.pids[i]) * 1099511628211U;
		family_add_children(family.pids[i]);
	}
	before = sum;
	return sum == last;
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
		for (int i = 0; !freeze() && i < PASSES; i++)
			;
		for (size_t i = 1; i < family.count; i++)
			kill(family.pids[i], SIGKILL);
		wait_for_signal(5);
	}
	return false;
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

static void write_result(const char *how, long long wall_us, unsigned left)
{
	char path[4096];
	struct rusage used;

	getrusage(RUSAGE_CHILDREN, &used);
	long long cpu_us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec +
			   used.ru_stime.tv_usec;
	if (snprintf(path, sizeof path, "%s.new", job.result) >= (int)sizeof path)
		give_up("the name of the result file is too long");
	FILE *file = fopen(path, "we");
	bool written = file && fprintf(file, "ended %s cpu_us %lld wall_us %lld peak_kib %ld left %u\n", how, cpu_us,
				       wall_us, used.ru_maxrss, left) > 0;
	written = file && fclose(file) == 0 && written && rename(path, job.result) == 0;
	if (!written) {
		int error = errno;
		unlink(path);
		give_up("cannot write '%s': %s", job.result, strerror(error));
	}
}

int main(int argc, char **argv)
{
	static const char *const words[] = {[DEADLINE] = "deadline", [FLOOD] = "flood", [STOPPED] = "stopped"};
	char text[32];
	int error = 0, status = 0;
	unsigned left = 0;

	parse_options(argc ? argv : (char *[]){NULL});
	prepare_signals();
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
	enum how how = error ? NOEXEC : watch(program, started);
	if (how == STOPPED && job.grace_ms)
		how = stop_gently(program);
	long long wall_us = now_us() - started;
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
	write_result(text, wall_us, left);
	return 0;
}
