/*
 * The supervisor as the harness uses it: build/supervisor is started on small programs
 * and must say how they ended and leave no process behind.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000 };
#define ARGUMENTS(...) ((const char *[]){__VA_ARGS__, NULL})
#define SHELL(script) ARGUMENTS("--", "sh", "-c", script)

extern char **environ;

static char directory[] = "/tmp/test-supervisor.XXXXXX";

struct outcome {
	int status; /* of the supervisor */
	char text[256], how[64];
	long long cpu_us, wall_us, peak_kib;
	unsigned left, own_network, hung;
};

static void enter_directory(void)
{
	cr_assert(mkdtemp(directory));
}

static void leave_directory(void)
{
	static const char *const names[] = {"result", "result.new", "log",   "pid",	 "out",
					    "err",    "stacks",	    "input", "elsewhere"};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
}

TestSuite(supervisor, .init = enter_directory, .fini = leave_directory, .timeout = 120);

/* A path in the test's directory; good until the eighth call after this one. */
static const char *in_directory(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, PATH_MAX, "%s/%s", directory, name);
	return path;
}

static void read_text(const char *name, char *text, size_t size)
{
	FILE *file = fopen(in_directory(name), "r");
	size_t length = file ? fread(text, 1, size - 1, file) : 0;

	text[length] = '\0';
	if (file)
		fclose(file);
}

static long file_size(const char *name)
{
	struct stat file;

	return stat(in_directory(name), &file) == 0 ? (long)file.st_size : -1;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* The number that a program wrote to `name`, a line each; waits until there are `count`, returns the last. */
static pid_t pid_in(const char *name, int count)
{
	char text[256];

	for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
		char *rest = NULL;
		int lines = 0;

		read_text(name, text, sizeof text);
		for (char *line = text; (line = strchr(line, '\n')); line++)
			lines++;
		if (lines == count) {
			char *last = NULL;
			for (char *one = strtok_r(text, "\n", &rest); one; one = strtok_r(NULL, "\n", &rest))
				last = one;
			return (pid_t)atol(last);
		}
		pause_ms(10);
	}
	cr_assert(false, "the program never wrote its number");
	return -1;
}

/* The dead whom nobody has reaped yet count as dead. */
static bool is_alive(pid_t pid)
{
	char path[64], state = 'X';

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	FILE *file = fopen(path, "r");
	if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	if (file)
		fclose(file);
	return state != 'X' && state != 'Z';
}

static bool dies_soon(pid_t pid)
{
	for (int waited = 0; waited < PATIENCE_MS && is_alive(pid); waited += 10)
		pause_ms(10);
	return !is_alive(pid);
}

static pid_t start_with_result(const char *result, const char **arguments)
{
	const char *argv[32] = {"build/supervisor", result};
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	for (size_t i = 0; arguments[i]; i++)
		argv[i + 2] = arguments[i];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, in_directory("log"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	int error = posix_spawn(&pid, argv[0], &actions, NULL, (char **)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	cr_assert_eq(error, 0, "cannot start build/supervisor: %s", strerror(error));
	return pid;
}

static pid_t start(const char **arguments)
{
	return start_with_result(in_directory("result"), arguments);
}

static struct outcome finish(pid_t supervisor)
{
	struct outcome outcome = {0};
	int status;

	cr_assert_eq(waitpid(supervisor, &status, 0), supervisor);
	cr_assert(WIFEXITED(status));
	outcome.status = WEXITSTATUS(status);
	read_text("result", outcome.text, sizeof outcome.text);
	if (outcome.status != 0)
		return outcome;
	char *numbers = strstr(outcome.text, " cpu_us ");
	cr_assert(numbers, "%s", outcome.text);
	cr_assert_eq(sscanf(numbers, " cpu_us %lld wall_us %lld peak_kib %lld left %u own_network %u hung %u\n",
			    &outcome.cpu_us, &outcome.wall_us, &outcome.peak_kib, &outcome.left, &outcome.own_network,
			    &outcome.hung),
		     6, "%s", outcome.text);
	*numbers = '\0';
	cr_assert_eq(strncmp(outcome.text, "ended ", 6), 0);
	snprintf(outcome.how, sizeof outcome.how, "%.63s", outcome.text + 6);
	cr_assert_eq(file_size("result.new"), -1);
	return outcome;
}

static struct outcome run(const char **arguments)
{
	return finish(start(arguments));
}

#define EXPECT(outcome, expected) cr_assert_str_eq((outcome).how, (expected), "ended %s", (outcome).how)

Test(supervisor, tells_the_exit_status)
{
	static const int statuses[] = {0, 1, 66, 99, 255};
	char script[32], expected[32];

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		snprintf(script, sizeof script, "exit %d", statuses[i]);
		snprintf(expected, sizeof expected, "exit %d", statuses[i]);
		struct outcome outcome = run(SHELL(script));
		EXPECT(outcome, expected);
		cr_assert_eq(outcome.left, 0);
	}
}

Test(supervisor, runs_a_program_without_a_shell)
{
	EXPECT(run(ARGUMENTS("--", "/bin/true")), "exit 0");
	EXPECT(run(ARGUMENTS("--", "false")), "exit 1");
}

Test(supervisor, tells_the_signal)
{
	EXPECT(run(SHELL("kill -SEGV $$")), "signal 11");
	EXPECT(run(SHELL("kill -KILL $$")), "signal 9");
	/* Not to be taken for the supervisor being told to stop. */
	EXPECT(run(SHELL("kill -TERM $$")), "signal 15");
}

Test(supervisor, tells_that_the_program_is_missing)
{
	setenv("PATH", "/usr/bin:/bin", 1); /* a folder there that one may not read counts as a refusal */
	EXPECT(run(ARGUMENTS("--", "/nowhere/program")), "noexec 2");
	EXPECT(run(ARGUMENTS("--", "no-such-program-in-path")), "noexec 2");
	EXPECT(run(ARGUMENTS("--", "/etc/passwd")), "noexec 13");
}

Test(supervisor, separates_output_and_error)
{
	char out[64], err[64];

	EXPECT(run(ARGUMENTS("--stdout", in_directory("out"), "--stderr", in_directory("err"), "--output-limit", "100",
			     "--", "sh", "-c", "echo yes; echo no >&2")),
	       "exit 0");
	read_text("out", out, sizeof out);
	read_text("err", err, sizeof err);
	cr_assert_str_eq(out, "yes\n");
	cr_assert_str_eq(err, "no\n");
}

Test(supervisor, gives_an_empty_input)
{
	EXPECT(run(SHELL("read line && exit 1; exit 0")), "exit 0");
}

Test(supervisor, resets_signals)
{
	signal(SIGUSR1, SIG_IGN);
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	/* Signals 1 to 28: two above are the C library's own, which does not let anyone reset them. */
	EXPECT(run(SHELL("! grep -E '^Sig(Blk|Ign):.*[1-9a-f].{0,6}$' /proc/self/status")), "exit 0");
}

Test(supervisor, leads_a_group_without_core_dumps_or_random_addresses)
{
	EXPECT(run(SHELL("[ $(ulimit -c) = 0 ] && [ $(ulimit -f) != unlimited ]")), "exit 0");
	EXPECT(run(SHELL("read pid name state parent group rest </proc/self/stat; [ $group = $$ ]")), "exit 0");
	/* Where a sandbox forbids it, the supervisor goes on without. */
	EXPECT(run(SHELL("setarch -R true 2>/dev/null || exit 0; grep -q '^00040000$' /proc/self/personality")),
	       "exit 0");
}

Test(supervisor, ends_a_hang_at_the_deadline)
{
	struct outcome outcome = run(ARGUMENTS("--deadline", "300", "--", "sleep", "1000"));

	EXPECT(outcome, "deadline");
	cr_assert_geq(outcome.wall_us, 300000);
	cr_assert_lt(outcome.cpu_us, 300000);
}

Test(supervisor, ends_what_ignores_signals_or_stopped_itself)
{
	EXPECT(run(ARGUMENTS("--deadline", "300", "--", "sh", "-c", "trap '' TERM INT HUP; sleep 1000; sleep 1000")),
	       "deadline");
	EXPECT(run(ARGUMENTS("--deadline", "300", "--", "sh", "-c", "kill -STOP $$")), "deadline");
}

Test(supervisor, reports_a_flood)
{
	const char *out = in_directory("out"), *err = in_directory("err");

	struct outcome outcome = run(ARGUMENTS("--deadline", "60000", "--output-limit", "65536", "--stdout", out,
					       "--stderr", err, "--", "yes"));
	EXPECT(outcome, "flood");
	cr_assert_leq(file_size("out"), 256L << 20);
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--output-limit", "65536", "--stdout", out, "--stderr", err, "--",
			     "sh", "-c", "exec yes >&2")),
	       "flood");
}

Test(supervisor, reports_a_flood_that_ended_by_itself)
{
	const char *out = in_directory("out");

	EXPECT(run(ARGUMENTS("--output-limit", "1000", "--stdout", out, "--", "sh", "-c", "yes | head -c 1001")),
	       "flood");
	EXPECT(run(ARGUMENTS("--output-limit", "1000", "--stdout", out, "--", "sh", "-c", "yes | head -c 1000")),
	       "exit 0");
}

/* Of a long output the middle takes no room, and the rest is where it was. */
Test(supervisor, keeps_the_ends_of_a_long_output)
{
	char text[64];
	struct stat file;

	EXPECT(run(ARGUMENTS("--output-limit", "100000000", "--output-kept", "65536", "--stdout", in_directory("out"),
			     "--", "sh", "-c", "echo first; head -c 30000000 /dev/zero; sleep 0.3; echo last")),
	       "exit 0");
	cr_assert_eq(stat(in_directory("out"), &file), 0);
	cr_assert_eq(file.st_size, 30000000 + 11);
	cr_assert_lt((long long)file.st_blocks * 512, 20000000);
	FILE *out = fopen(in_directory("out"), "r");
	cr_assert(out && fgets(text, sizeof text, out));
	cr_assert_str_eq(text, "first\n");
	cr_assert_eq(fseek(out, -5, SEEK_END), 0);
	cr_assert(fgets(text, sizeof text, out));
	cr_assert_str_eq(text, "last\n");
	fclose(out);
}

#define STANDS "build/plain/bin/harness/tests/programs/stands"

Test(supervisor, knows_a_deadlock)
{
	static const char *const ways[] = {"lock-order", "lock-twice", "lock-of-the-dead",
					   "condition",	 "semaphore",  "rwlock",
					   "full-pipe",	 "child",      "main-left"};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct outcome outcome =
			run(ARGUMENTS("--deadline", "60000", "--deadlock", "300", "--", STANDS, ways[i]));
		cr_assert_str_eq(outcome.how, "deadlock", "%s: ended %s", ways[i], outcome.how);
	}
}

/* Who may still be woken is not in a deadlock, however long it waits. */
Test(supervisor, takes_nothing_else_for_a_deadlock)
{
	static const char *const ways[] = {"handler", "alarm", "timer",	      "sleeper",     "slow-child",
					   "spin",    "timed", "socket-pair", "signal-wait", "outside-pipe"};
	static const char shell[] = "sleep 1000 | " STANDS " $0";

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct outcome outcome =
			run(ARGUMENTS("--deadline", "1200", "--deadlock", "100", "--", "sh", "-c", shell, ways[i]));
		cr_assert_str_eq(outcome.how, "deadline", "%s: ended %s", ways[i], outcome.how);
		if (strcmp(ways[i], "outside-pipe") == 0)
			continue; /* alone it has an empty input */
		outcome = run(ARGUMENTS("--deadline", "1200", "--deadlock", "100", "--", STANDS, ways[i]));
		cr_assert_str_eq(outcome.how, "deadline", "%s: ended %s", ways[i], outcome.how);
	}
}

/* A runner that waits for a test with a time limit does not wait for ever, but the test may stand still. */
Test(supervisor, looks_at_what_a_runner_has_started)
{
	EXPECT(run(ARGUMENTS("--deadline", "1200", "--deadlock", "100", "--", "timeout", "1000", STANDS, "lock-twice")),
	       "deadline");
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--deadlock", "100", "--runner", "1", "--", "timeout", "1000",
			     STANDS, "lock-twice")),
	       "deadlock");
	EXPECT(run(ARGUMENTS("--deadline", "1200", "--deadlock", "100", "--runner", "1", "--", "timeout", "1000",
			     STANDS, "sleeper")),
	       "deadline");
	EXPECT(run(ARGUMENTS("--deadline", "1200", "--deadlock", "100", "--runner", "1", "--", STANDS, "lock-twice")),
	       "deadline");
}

/* Without an order to look it does not, and a deadlock is a hang like others. */
Test(supervisor, looks_only_when_told)
{
	EXPECT(run(ARGUMENTS("--deadline", "1500", "--", STANDS, "lock-twice")), "deadline");
}

Test(supervisor, ends_what_waits_for_something_outside)
{
	static const char *const idle[] = {"handler", "socket-pair", "signal-wait", "pause", "poll"},
				 *const busy[] = {"alarm", "timer", "sleeper", "spin", "timed", "timed-poll"};

	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
		struct outcome outcome = run(ARGUMENTS("--deadline", "60000", "--idle", "500", "--", STANDS, idle[i]));
		cr_assert_str_eq(outcome.how, "idle", "%s: ended %s", idle[i], outcome.how);
		cr_assert_geq(outcome.wall_us, 500000);
	}
	for (size_t i = 0; i < sizeof busy / sizeof *busy; i++) {
		struct outcome outcome = run(ARGUMENTS("--deadline", "1500", "--idle", "200", "--", STANDS, busy[i]));
		cr_assert_str_eq(outcome.how, "deadline", "%s: ended %s", busy[i], outcome.how);
	}
}

static size_t occurrences(const char *text, const char *word)
{
	size_t count = 0;

	for (; (text = strstr(text, word)); text++)
		count++;
	return count;
}

/* Each run from the beginning. */
Test(supervisor, gives_the_program_its_input)
{
	FILE *file = fopen(in_directory("input"), "w");

	cr_assert(file && fputs("hello\n", file) >= 0 && fclose(file) == 0);
	for (int i = 0; i < 2; i++)
		EXPECT(run(ARGUMENTS("--stdin", in_directory("input"), "--", "sh", "-c",
				     "read word; test \"$word\" = hello && exit 4")),
		       "exit 4");
}

/* As soon as it waits for that; and one that never waits, after its time. */
Test(supervisor, asks_a_program_to_stop)
{
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--stop-signal", "15", "--stop-after", "50000", "--", STANDS,
			     "signal-wait")),
	       "exit 0");
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--stop-signal", "2", "--stop-after", "300", "--", "sh", "-c",
			     "trap 'exit 9' INT; while :; do :; done")),
	       "exit 9");
	/* One that does not hear is left to its deadline. */
	EXPECT(run(ARGUMENTS("--deadline", "1500", "--stop-signal", "15", "--stop-after", "100", "--", "sh", "-c",
			     "trap '' TERM; while :; do :; done")),
	       "deadline");
}

/* A shell stands for the runner of tests: it goes on with the next, and its own end counts. */
Test(supervisor, ends_a_test_that_hangs)
{
	static const char script[] = STANDS " lock-order; " STANDS " none; " STANDS " lock-twice; exit 7";
	static char text[1 << 16];
	struct outcome outcome = run(ARGUMENTS("--deadline", "60000", "--deadlock", "300", "--tests", "1", "--stacks",
					       in_directory("stacks"), "--", "sh", "-c", script));

	EXPECT(outcome, "exit 7");
	cr_assert_eq(outcome.hung, 2);
	read_text("stacks", text, sizeof text);
	cr_assert_eq(occurrences(text, "\nend process\n"), 2, "%s", text);
	cr_assert_eq(occurrences(text, "\nthread "), 3, "%s", text);
}

/* The runner itself waits for its test without a limit, and that is not a deadlock. */
Test(supervisor, lets_a_test_wait)
{
	static const char *const ways[] = {"handler", "alarm", "sleeper", "timed", "socket-pair"};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct outcome outcome = run(ARGUMENTS("--deadline", "1200", "--deadlock", "100", "--tests", "1", "--",
						       "sh", "-c", STANDS " $0; exit 7", ways[i]));
		EXPECT(outcome, "deadline");
		cr_assert_eq(outcome.hung, 0, "%s", ways[i]);
	}
	/* Unless it is told for how long it may do so. */
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--deadlock", "100", "--idle", "500", "--tests", "1", "--", "sh",
			     "-c", STANDS " socket-pair; exit 7")),
	       "exit 7");
}

/* A simulator is told first, and may say what it knows. */
Test(supervisor, hears_the_last_words_of_a_test)
{
	static const char script[] = "(trap 'echo knows; exit 3' TERM; " STANDS " lock-twice & wait); exit 7";
	char text[64];

	EXPECT(run(ARGUMENTS("--deadline", "60000", "--deadlock", "300", "--idle", "1000", "--last-words", "3000",
			     "--tests", "1", "--stdout", in_directory("out"), "--", "sh", "-c", script)),
	       "exit 7");
	read_text("out", text, sizeof text);
	cr_assert_str_eq(text, "knows\n");
}

/* Of a deadlock, of a program that waits, and of one that computes. */
Test(supervisor, writes_down_where_threads_stand)
{
	static const struct {
		const char *way, *how;
		size_t threads, futexes;
	} cases[] = {{"lock-order", "deadlock", 2, 2}, {"socket-pair", "deadline", 1, 0}, {"spin", "deadline", 2, 1}};
	static char text[1 << 16];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		EXPECT(run(ARGUMENTS("--deadline", "1500", "--deadlock", "300", "--stacks", in_directory("stacks"),
				     "--", STANDS, cases[i].way)),
		       cases[i].how);
		read_text("stacks", text, sizeof text);
		cr_assert_eq(strncmp(text, "process ", 8), 0, "%s", text);
		cr_assert(strstr(text, "\nend process\n"));
		cr_assert_eq(occurrences(text, "\nthread "), cases[i].threads, "%s: %s", cases[i].way, text);
		cr_assert_eq(occurrences(text, "\nfutex "), cases[i].futexes, "%s: %s", cases[i].way, text);
		cr_assert_eq(occurrences(text, "\nframes : 7"), cases[i].threads - (i == 2), "%s", text);
		unlink(in_directory("stacks"));
	}
}

/* What a detector writes when it is asked to end still counts; the program's end is the deadlock. */
Test(supervisor, hears_last_words)
{
	static const char script[] = "trap 'echo heard; exit 0' TERM; " STANDS " lock-twice & wait; wait";
	char text[64];

	EXPECT(run(ARGUMENTS("--deadline", "60000", "--idle", "500", "--last-words", "20000", "--stdout",
			     in_directory("out"), "--", "sh", "-c", script)),
	       "idle");
	read_text("out", text, sizeof text);
	cr_assert_str_eq(text, "heard\n");
}

/* Where the machine allows it, two runs can bind one port at the same time. */
Test(supervisor, gives_a_network_of_its_own)
{
	char network[64], text[64];
	ssize_t length = readlink("/proc/self/ns/net", network, sizeof network - 1);

	network[length > 0 ? length : 0] = '\0';
	struct outcome outcome = run(ARGUMENTS("--own-network", "1", "--stdout", in_directory("out"), "--", "sh", "-c",
					       "readlink /proc/self/ns/net; id -u"));
	EXPECT(outcome, "exit 0");
	read_text("out", text, sizeof text);
	cr_assert_eq(strncmp(text, network, strlen(network)) != 0, outcome.own_network, "%s", text);
	cr_assert_eq((uid_t)atol(strchr(text, '\n')), getuid());
	outcome = run(SHELL("true"));
	cr_assert_eq(outcome.own_network, 0);
}

Test(supervisor, kills_a_child_left_behind)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, "sleep 1000 & echo $! >%s; exit 5", in_directory("pid"));
	struct outcome outcome = run(SHELL(script));
	EXPECT(outcome, "exit 5");
	cr_assert_eq(outcome.left, 1);
	cr_assert_not(is_alive(pid_in("pid", 1)));
}

/* A loop and a group of its own, an orphan, deaf to what it can be deaf to; and it has a child. */
static const char daemon_script[] =
	"cd %s; setsid sh -c 'trap \"\" HUP TERM INT; sleep 1000 & echo $! >>pid; echo $$ >>pid; "
	"wait' & while [ ! -s pid ] || [ $(wc -l <pid) -lt 2 ]; do sleep 0.01; done; %s";

Test(supervisor, kills_daemons)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, daemon_script, directory, "exit 0");
	struct outcome outcome = run(SHELL(script));
	EXPECT(outcome, "exit 0");
	cr_assert_eq(outcome.left, 2, "left %u", outcome.left);
	cr_assert_not(is_alive(pid_in("pid", 2)));
}

Test(supervisor, kills_daemons_at_the_deadline)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, daemon_script, directory, "sleep 1000");
	EXPECT(run(ARGUMENTS("--deadline", "3000", "--", "sh", "-c", script)), "deadline");
	cr_assert_not(is_alive(pid_in("pid", 2)));
}

Test(supervisor, is_not_outrun_by_what_keeps_forking)
{
	/* Each has a loop of its own, so that no signal to a group finds it. */
	struct outcome outcome =
		run(ARGUMENTS("--deadline", "300", "--", "sh", "-c",
			      "while :; do setsid sleep 1000 & setsid sh -c 'setsid sleep 1000' & done"));

	EXPECT(outcome, "deadline");
	cr_assert_gt(outcome.left, 1);
}

Test(supervisor, stops_when_told_to)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	char script[PATH_MAX];

	for (int i = 0; i < 3; i++) {
		snprintf(script, sizeof script, "echo $$ >>%s; exec sleep 1000", in_directory("pid"));
		pid_t supervisor = start(SHELL(script)), program = pid_in("pid", i + 1);
		kill(supervisor, numbers[i]);
		struct outcome outcome = finish(supervisor);
		EXPECT(outcome, "stopped");
		cr_assert_not(is_alive(program));
	}
}

/* As a runner of tests does that is killed. */
Test(supervisor, removes_the_socket_of_criterion)
{
	char script[PATH_MAX], path[64];

	snprintf(script, sizeof script, ": >/tmp/criterion_$$.sock; echo $$ >>%s; exec sleep 1000",
		 in_directory("pid"));
	pid_t supervisor = start(SHELL(script)), program = pid_in("pid", 1);
	snprintf(path, sizeof path, "/tmp/criterion_%d.sock", (int)program);
	cr_assert_eq(access(path, F_OK), 0);
	kill(supervisor, SIGTERM);
	struct outcome outcome = finish(supervisor);
	EXPECT(outcome, "stopped");
	cr_assert_neq(access(path, F_OK), 0, "the program was killed, and its socket is still there");
}

/* With --grace the program hears of it first: it may end by itself, or not. */
Test(supervisor, asks_first_when_there_is_a_grace)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, "trap 'exit 7' TERM; echo $$ >>%s; while :; do sleep 0.01; done",
		 in_directory("pid"));
	pid_t supervisor = start(ARGUMENTS("--grace", "30000", "--", "sh", "-c", script)), program = pid_in("pid", 1);
	kill(supervisor, SIGTERM);
	struct outcome outcome = finish(supervisor);
	EXPECT(outcome, "exit 7");
	snprintf(script, sizeof script, "trap '' TERM; echo $$ >>%s; while :; do sleep 0.01; done",
		 in_directory("pid"));
	supervisor = start(ARGUMENTS("--grace", "50", "--", "sh", "-c", script)), program = pid_in("pid", 2);
	kill(supervisor, SIGTERM);
	outcome = finish(supervisor);
	EXPECT(outcome, "stopped");
	cr_assert_not(is_alive(program));
	supervisor = start(ARGUMENTS("--grace", "1000000", "--", "sh", "-c", script)), program = pid_in("pid", 3);
	kill(supervisor, SIGTERM);
	kill(supervisor, SIGINT);
	outcome = finish(supervisor);
	EXPECT(outcome, "stopped");
	cr_assert_not(is_alive(program));
}

Test(supervisor, takes_the_program_along_when_killed)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, "echo $$ >>%s; exec sleep 1000", in_directory("pid"));
	pid_t supervisor = start(SHELL(script)), program = pid_in("pid", 1);
	cr_assert(is_alive(program));
	kill(supervisor, SIGKILL);
	waitpid(supervisor, NULL, 0);
	cr_assert(dies_soon(program));
	cr_assert_eq(file_size("result"), -1);
}

Test(supervisor, ends_everything_when_its_parent_dies)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, daemon_script, directory, "sleep 1000");
	pid_t parent = fork();
	if (parent == 0) {
		start(SHELL(script));
		for (;;)
			pause();
	}
	pid_t daemon = pid_in("pid", 2);
	cr_assert(is_alive(daemon));
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	cr_assert(dies_soon(daemon));
}

Test(supervisor, does_not_start_for_a_parent_that_is_gone)
{
	char log[256];
	struct outcome outcome = run(ARGUMENTS("--parent", "1999999999", "--", "/bin/true"));

	cr_assert_eq(outcome.status, 3);
	cr_assert_str_empty(outcome.text);
	read_text("log", log, sizeof log);
	cr_assert_str_eq(log, "supervisor: process 1999999999 is gone\n");
	snprintf(log, sizeof log, "%ld", (long)getpid());
	EXPECT(run(ARGUMENTS("--parent", log, "--", "/bin/true")), "exit 0");
}

Test(supervisor, measures_processor_time_and_memory_of_descendants)
{
	struct outcome idle = run(ARGUMENTS("--", "sleep", "0.3"));
	struct outcome busy = run(SHELL("sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'"));
	struct outcome big = run(SHELL("head -c 40000000 /dev/zero | sort -S 100M >/dev/null"));

	cr_assert_geq(idle.wall_us, 300000);
	cr_assert_lt(idle.cpu_us, 200000);
	cr_assert_gt(busy.cpu_us, idle.cpu_us);
	cr_assert_gt(idle.peak_kib, 0);
	cr_assert_gt(big.peak_kib, 30000, "peak %lld", big.peak_kib);
}

Test(supervisor, refuses_what_it_does_not_understand)
{
	const char **const wrong[] = {
		ARGUMENTS("--"),
		ARGUMENTS("--dead", "1", "--", "true"),
		ARGUMENTS("--deadline", "0", "--", "true"),
		ARGUMENTS("--deadline", "1x", "--", "true"),
		ARGUMENTS("--deadline"),
		ARGUMENTS("--deadline", "100"),
		ARGUMENTS("--stdout", "/nowhere/out", "--", "true"),
	};
	char log[256];

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		cr_assert_eq(run(wrong[i]).status, 3);
		read_text("log", log, sizeof log);
		cr_assert_eq(strchr(log, '\n'), log + strlen(log) - 1, "not one line: %s", log);
	}
}

Test(supervisor, says_that_the_result_cannot_be_written)
{
	char log[256];

	cr_assert_eq(finish(start_with_result("/nowhere/result", ARGUMENTS("--", "true"))).status, 3);
	read_text("log", log, sizeof log);
	cr_assert_str_eq(log, "supervisor: cannot write '/nowhere/result': No such file or directory\n");
}

/* The program knows the names: what it puts there is not waited for, and not written through. */
Test(supervisor, is_not_misled_by_what_lies_in_its_place)
{
	static const char *const plants[] = {"mkfifo result.new result stacks", "ln -s elsewhere result.new",
					     "ln -s elsewhere result; ln -s elsewhere stacks",
					     "touch result.new; chmod 400 result.new"};
	char script[PATH_MAX + 128], text[64];

	for (size_t i = 0; i < sizeof plants / sizeof *plants; i++) {
		snprintf(script, sizeof script, "cd '%s' && echo untouched >elsewhere && %s && exit 7", directory,
			 plants[i]);
		EXPECT(run(SHELL(script)), "exit 7");
		read_text("elsewhere", text, sizeof text);
		cr_assert_str_eq(text, "untouched\n", "%s", plants[i]);
		unlink(in_directory("stacks"));
	}
	snprintf(script, sizeof script, "cd '%s' && mkfifo stacks && exec sleep 60", directory);
	EXPECT(run(ARGUMENTS("--deadline", "300", "--stacks", in_directory("stacks"), "--", "sh", "-c", script)),
	       "deadline");
}

Test(supervisor, says_that_a_directory_is_in_its_place)
{
	char script[PATH_MAX + 128], log[PATH_MAX + 128];

	snprintf(script, sizeof script, "mkdir '%s'", in_directory("result.new"));
	cr_assert_eq(run(SHELL(script)).status, 3);
	read_text("log", log, sizeof log);
	cr_assert(strstr(log, "cannot write"), "%s", log);
	cr_assert_eq(rmdir(in_directory("result.new")), 0);
}

Test(supervisor, is_closed_to_the_program)
{
	/* Root may list what it may not follow. */
	EXPECT(run(SHELL("readlink /proc/$PPID/fd/2 && exit 1; (: </proc/$PPID/mem) && exit 2; exit 0")), "exit 0");
}

Test(supervisor, hands_on_no_descriptor_but_the_channel)
{
	char command[PATH_MAX + 256];

	snprintf(command, sizeof command,
		 "exec 3</dev/null 7</dev/null; exec build/supervisor '%s' -- "
		 "sh -c '[ -e /proc/self/fd/3 ] && ! [ -e /proc/self/fd/7 ]'",
		 in_directory("result"));
	cr_assert_eq(system(command), 0);
	read_text("result", command, sizeof command);
	cr_assert_eq(strncmp(command, "ended exit 0 ", 13), 0, "%s", command);
}
