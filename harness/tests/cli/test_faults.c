/*
 * What happens to a command from outside: closed and full streams, limits, places without room, signals, other commands.
 * None of it is a program's fault, and nothing stays behind that the next command does not take away.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(faults, .init = make, .fini = unmake, .timeout = 300);

/* The status of a shell's command line, with $ROOT and build/loose in it; standard error is in the file "err". */
static int shell(const char *line)
{
	char command[2048];

	snprintf(command, sizeof command,
		 "ROOT='%s'; export LOOSE_ROOT=\"$ROOT\"; { %s; } >\"$ROOT/out\" 2>\"$ROOT/err\"", scratch.root, line);
	int status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The status, and these words on standard error, in its last line: a slow machine may have lines of progress before it. */
static void expect(int status, const char *line, const char *words)
{
	int ended = shell(line);
	char *err = scratch_read(&scratch, "err");

	cr_assert_eq(ended, status, "status %d: %s", ended, err);
	const char *found = strstr(err, words);
	cr_assert(found, "%s", err);
	cr_assert(!*words || strchr(found, '\n') == err + strlen(err) - 1, "%s", err);
	free(err);
}

#define VERIFY "build/loose verify --chapters --detector budget implicit"

/* The event loop was given their numbers. */
Test(faults, closed_standard_streams_change_no_verdict)
{
	static const char *const closed[] = {"<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"};
	char line[256];

	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
		snprintf(line, sizeof line, VERIFY " %s", closed[i]);
		cr_assert_eq(shell(line), 0, "%s", closed[i]);
	}
}

Test(faults, output_that_is_lost_is_told)
{
	expect(3, VERIFY " >/dev/full", "cannot write all output: ");
	expect(3, "build/loose list >/dev/full", "cannot write all output: No space left on device");
}

/* A reader that stops reading has what it wanted. */
Test(faults, a_reader_who_leaves_ends_it_quietly)
{
	expect(0, "(sleep 0.2; build/loose list; echo $? >\"$ROOT/status\") | true", "");
	char *status = scratch_read(&scratch, "status");
	cr_assert_str_eq(status, "141\n");
	free(status);
}

Test(faults, a_limit_that_is_too_small_is_named)
{
	expect(3, "(ulimit -n 40; " VERIFY ")", "only 40 open files are allowed here");
	expect(3, "(ulimit -f 100; " VERIFY ")", "bytes in a file are allowed here");
	expect(3, "(ulimit -s 300; " VERIFY ")", "bytes of stack are allowed here");
	/* One that can be raised is not a reason. */
	cr_assert_eq(shell("(ulimit -S -n 20; ulimit -S -f 10; " VERIFY ")"), 0);
}

/* What an error of then was is not remembered. */
Test(faults, a_place_without_room_is_named)
{
	expect(3, "TMPDIR=/proc " VERIFY, "in '/proc': ");
	cr_assert_eq(shell(VERIFY), 0);
}

/* A compiler that the machine fails: the words of a full disk, of one that ran out of memory. */
Test(faults, a_compiler_that_the_machine_fails_is_not_the_programs_fault)
{
	static const char script[] =
		"#!/bin/sh\ncase \"$*\" in *implicit-contract/broken.c*) echo \"clang: error: unable to execute command: "
		"Killed\" >&2; exit 254;; esac\nPATH=${PATH#*:} exec clang \"$@\"\n";

	scratch_tool(&scratch, "clang", script);
	struct outcome outcome = scratch_loose(&scratch, "verify --chapters --detector budget implicit");
	cr_assert_eq(outcome.status, 3, "status %d: %s%s", outcome.status, outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "this machine could not compile it: clang: error: unable to execute command"),
		  "%s", outcome.out);
	cr_assert(strstr(outcome.out, "1 as declared"), "%s", outcome.out);
	outcome_release(&outcome);
}

static void wait_until(bool (*comes)(void))
{
	struct timespec moment = {.tv_nsec = 20000000};

	while (!comes())
		nanosleep(&moment, NULL);
}

/* A compiler that never ends says by a file that it was started. */
static bool compiler_runs(void)
{
	char path[512];

	snprintf(path, sizeof path, "%s/compiling", scratch.root);
	return access(path, F_OK) == 0;
}

static bool nothing_left(void)
{
	return !scratch_left_behind(&scratch);
}

static pid_t start_check(void)
{
	char source[512], script[1024];

	/* Not until the detectors are trusted: all else compiles. */
	snprintf(script, sizeof script,
		 "#!/bin/sh\ncase \"$*\" in *endless.c*) echo >'%s/compiling'; exec sleep 1000 '%s';; esac\n"
		 "PATH=${PATH#*:} exec clang \"$@\"\n",
		 scratch.root, scratch.root);
	scratch_tool(&scratch, "clang", script);
	/* sleep would refuse the path, which scratch_left_behind() looks for. */
	snprintf(script, sizeof script, "#!/bin/sh\nwhile :; do /bin/sleep 1; done\n");
	scratch_tool(&scratch, "sleep", script);
	scratch_write(&scratch, "endless.c", "int main(void) { return 0; }\n");
	snprintf(source, sizeof source, "%s/endless.c", scratch.root);
	pid_t child = fork();
	if (child == 0) {
		setenv("LOOSE_ROOT", scratch.root, 1);
		setenv("PATH", scratch.path, 1);
		freopen("/dev/null", "w", stdout);
		freopen("/dev/null", "w", stderr);
		execl("build/loose", "loose", "check", source, (char *)NULL);
		_exit(127);
	}
	return child;
}

Test(faults, a_compilation_that_is_told_to_end_ends_it_all)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	int status;

	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		pid_t check = start_check();
		wait_until(compiler_runs);
		cr_assert_eq(kill(check, signals[i]), 0);
		cr_assert_eq(waitpid(check, &status, 0), check);
		cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 128 + signals[i], "status %x", (unsigned)status);
		cr_assert_not(scratch_left_behind(&scratch));
		cr_assert_eq(shell("ls \"$ROOT\"/build/run/* >/dev/null 2>&1"), 2);
		cr_assert_eq(shell("rm \"$ROOT/compiling\""), 0);
	}
}

/* The compiler ends by itself, and the next command takes away what else is left. */
Test(faults, a_kill_in_a_compilation_leaves_no_compiler)
{
	int status;
	pid_t check = start_check();

	wait_until(compiler_runs);
	cr_assert_eq(kill(check, SIGKILL), 0);
	cr_assert_eq(waitpid(check, &status, 0), check);
	wait_until(nothing_left);
	cr_assert_eq(shell("ls \"$ROOT\"/build/run/* >/dev/null 2>&1"), 0);
	cr_assert_eq(shell(VERIFY), 0);
	cr_assert_eq(shell("ls \"$ROOT\"/build/run/* >/dev/null 2>&1"), 2);
}

/* Of processes that are gone, of Criterion too; what belongs to one that is there stays. */
Test(faults, leftovers_are_swept_by_the_next_command)
{
	char line[1024];
	int status;
	pid_t gone = fork();

	if (gone == 0)
		_exit(0);
	cr_assert_eq(waitpid(gone, &status, 0), gone);
	snprintf(line, sizeof line,
		 "mkdir -p \"$ROOT/build/run/%d-1.0\" \"$ROOT/build/run/%d-1.1\" \"$ROOT/build/run/%d.2\" && "
		 "touch /dev/shm/bxfi_%d /dev/shm/bxfi_%d_x /tmp/criterion_%d.sock",
		 (int)gone, (int)getpid(), (int)getpid(), (int)gone, (int)getpid(), (int)gone);
	cr_assert_eq(shell(line), 0);
	cr_assert_eq(shell(VERIFY " --fresh"), 0);
	/* Number 1 is of another process that had this one's number. */
	snprintf(
		line, sizeof line,
		"! [ -e \"$ROOT/build/run/%d-1.0\" ] && ! [ -e \"$ROOT/build/run/%d-1.1\" ] && [ -e \"$ROOT/build/run/%d.2\" "
		"] && ! [ -e /dev/shm/bxfi_%d ] && [ -e /dev/shm/bxfi_%d_x ] && ! [ -e /tmp/criterion_%d.sock ]",
		(int)gone, (int)getpid(), (int)getpid(), (int)gone, (int)getpid(), (int)gone);
	cr_assert_eq(shell(line), 0);
	snprintf(line, sizeof line, "rm /dev/shm/bxfi_%d_x", (int)getpid());
	cr_assert_eq(shell(line), 0);
}

/* The supervisor wakes when its time and some more is over, and ends the program. */
Test(faults, a_program_that_stops_its_supervisor_is_ended, .timeout = 200)
{
	char arguments[512];

	scratch_write(&scratch, "stops.c",
		      "#define _POSIX_C_SOURCE 200809L\n#include <signal.h>\n#include <unistd.h>\n"
		      "int main(void)\n{\n\tkill(getppid(), SIGSTOP);\n\tfor (;;)\n\t\tpause();\n}\n");
	snprintf(arguments, sizeof arguments, "check --timeout 1 '%s/stops.c'", scratch.root);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 1, "status %d: %s%s", outcome.status, outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "still running after 1 s"), "%s", outcome.out);
	outcome_release(&outcome);
	cr_assert_not(scratch_left_behind(&scratch));
}

/* What is not in the file's place yet belongs to a process; when that is gone, to nobody. */
Test(faults, a_file_of_results_that_was_not_finished_is_swept)
{
	char line[512];
	int status;
	pid_t gone = fork();

	if (gone == 0)
		_exit(0);
	cr_assert_eq(waitpid(gone, &status, 0), gone);
	snprintf(line, sizeof line, "touch \"$ROOT/r.json.%d.new\" \"$ROOT/r.json.%d.new\" \"$ROOT/r.json.x.new\"",
		 (int)gone, (int)getpid());
	cr_assert_eq(shell(line), 0);
	cr_assert_eq(shell(VERIFY " --json \"$ROOT/r.json\""), 0);
	snprintf(line, sizeof line,
		 "! [ -e \"$ROOT/r.json.%d.new\" ] && [ -e \"$ROOT/r.json.%d.new\" ] && [ -e \"$ROOT/r.json.x.new\" ]",
		 (int)gone, (int)getpid());
	cr_assert_eq(shell(line), 0);
}
