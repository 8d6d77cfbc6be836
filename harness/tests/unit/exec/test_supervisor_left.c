/* That no process outlives the supervisor, the program, its parent or a daemon may end first. */
#include "supervised.h"

TestSuite(supervisor_left, .init = enter_directory, .fini = leave_directory, .timeout = 120);

Test(supervisor_left, kills_a_child_left_behind)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, "sleep 1000 & echo $! >%s; exit 5", in_directory("pid"));
	struct outcome outcome = run(SHELL(script));
	EXPECT(outcome, "exit 5");
	cr_assert_eq(outcome.left, 1);
	cr_assert_not(is_alive(pid_in("pid", 1)));
}

/* What goes on without the program has its time, and no more; nobody is waited for who has ended. */
Test(supervisor_left, lets_a_child_end)
{
	char script[PATH_MAX], text[64];

	snprintf(script, sizeof script, "(sleep 0.3; echo late >%s) & exit 5", in_directory("out"));
	struct outcome outcome = run(ARGUMENTS("--linger", "60000", "--", "sh", "-c", script));
	EXPECT(outcome, "exit 5");
	cr_assert_eq(outcome.left, 0);
	read_text("out", text, sizeof text);
	cr_assert_str_eq(text, "late\n");
	outcome = run(ARGUMENTS("--linger", "300", "--", "sh", "-c", "sleep 1000 & exit 5"));
	EXPECT(outcome, "exit 5");
	cr_assert_eq(outcome.left, 1);
}

/* A loop and a group of its own, an orphan, deaf to what it can be deaf to; and it has a child. */
static const char daemon_script[] =
	"cd %s; setsid sh -c 'trap \"\" HUP TERM INT; sleep 1000 & echo $! >>pid; echo $$ >>pid; "
	"wait' & while [ ! -s pid ] || [ $(wc -l <pid) -lt 2 ]; do sleep 0.01; done; %s";

Test(supervisor_left, kills_daemons)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, daemon_script, directory, "exit 0");
	struct outcome outcome = run(SHELL(script));
	EXPECT(outcome, "exit 0");
	cr_assert_eq(outcome.left, 2, "left %u", outcome.left);
	cr_assert_not(is_alive(pid_in("pid", 2)));
}

Test(supervisor_left, kills_daemons_at_the_deadline)
{
	char script[PATH_MAX];

	snprintf(script, sizeof script, daemon_script, directory, "sleep 1000");
	EXPECT(run(ARGUMENTS("--deadline", "3000", "--", "sh", "-c", script)), "deadline");
	cr_assert_not(is_alive(pid_in("pid", 2)));
}

Test(supervisor_left, is_not_outrun_by_what_keeps_forking)
{
	/* Each has a loop of its own, so that no signal to a group finds it. */
	struct outcome outcome =
		run(ARGUMENTS("--deadline", "300", "--", "sh", "-c",
			      "while :; do setsid sleep 1000 & setsid sh -c 'setsid sleep 1000' & done"));

	EXPECT(outcome, "deadline");
	cr_assert_gt(outcome.left, 1);
}

Test(supervisor_left, stops_when_told_to)
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
Test(supervisor_left, removes_the_socket_of_criterion)
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
Test(supervisor_left, asks_first_when_there_is_a_grace)
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

Test(supervisor_left, takes_the_program_along_when_killed)
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

Test(supervisor_left, ends_everything_when_its_parent_dies)
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

Test(supervisor_left, does_not_start_for_a_parent_that_is_gone)
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
