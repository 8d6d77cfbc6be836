/*
 * The supervisor as the harness uses it: it must say how programs ended and what they have used, and
 * is closed to them.
 */
#include "supervised.h"

TestSuite(supervisor, .init = enter_directory, .fini = leave_directory, .timeout = 120);

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
