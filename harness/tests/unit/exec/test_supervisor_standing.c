/* What the supervisor does with what stands still: a deadlock, a wait for something outside, tests that hang, and where threads stand. */
#include "supervised.h"

TestSuite(supervisor_standing, .init = enter_directory, .fini = leave_directory, .timeout = 120);

#define STANDS "build/plain/bin/harness/tests/programs/stands"

Test(supervisor_standing, knows_a_deadlock)
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

/* A detector's own thread that waits for the processor is not the program's, which waits for nobody's. */
Test(supervisor_standing, is_not_kept_from_it_by_a_busy_machine)
{
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--deadlock", "3000", "--", STANDS, "lock-beside-a-runtime")),
	       "deadlock");
}

/* Who may still be woken is not in a deadlock, however long it waits. */
Test(supervisor_standing, takes_nothing_else_for_a_deadlock)
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
Test(supervisor_standing, looks_at_what_a_runner_has_started)
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
Test(supervisor_standing, looks_only_when_told)
{
	EXPECT(run(ARGUMENTS("--deadline", "1500", "--", STANDS, "lock-twice")), "deadline");
}

Test(supervisor_standing, ends_what_waits_for_something_outside)
{
	static const char *const idle[] = {"socket-pair", "signal-wait", "pause", "poll"},
				 *const busy[] = {"alarm", "timer", "sleeper", "spin", "timed", "timed-poll"};

	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
		struct outcome outcome = run(ARGUMENTS("--deadline", "60000", "--idle", "500", "--", STANDS, idle[i]));
		cr_assert_str_eq(outcome.how, "idle", "%s: ended %s", idle[i], outcome.how);
		cr_assert_geq(outcome.wall_us, 500000);
	}
	/* It waits for nothing outside but a signal. */
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--idle", "500", "--", STANDS, "handler")), "unsignalled");
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

/* As soon as it waits for that; and one that never waits, after its time. */
Test(supervisor_standing, asks_a_program_to_stop)
{
	EXPECT(run(ARGUMENTS("--deadline", "60000", "--stop-signal", "15", "--stop-after", "50000", "--", STANDS,
			     "signal-wait")),
	       "exit 0");
	struct outcome outcome = run(ARGUMENTS("--deadline", "60000", "--stop-signal", "2", "--stop-after", "300", "--",
					       "sh", "-c", "trap 'exit 9' INT; while :; do :; done"));
	EXPECT(outcome, "exit 9");
	cr_assert_eq(outcome.asked, 1);
	/* One that ends by this signal was not asked to. */
	outcome = run(ARGUMENTS("--deadline", "60000", "--stop-signal", "15", "--stop-after", "50000", "--", "sh", "-c",
				"kill $$"));
	EXPECT(outcome, "signal 15");
	cr_assert_eq(outcome.asked, 0);
	/* One that does not hear is left to its deadline. */
	EXPECT(run(ARGUMENTS("--deadline", "1500", "--stop-signal", "15", "--stop-after", "100", "--", "sh", "-c",
			     "trap '' TERM; while :; do :; done")),
	       "deadline");
}

/* A shell stands for the runner of tests: it goes on with the next, and its own end counts. */
Test(supervisor_standing, ends_a_test_that_hangs)
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
Test(supervisor_standing, lets_a_test_wait)
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
Test(supervisor_standing, hears_the_last_words_of_a_test)
{
	static const char script[] = "(trap 'echo knows; exit 3' TERM; " STANDS " lock-twice & wait); exit 7";
	char text[64];

	EXPECT(run(ARGUMENTS("--deadline", "60000", "--deadlock", "300", "--idle", "1000", "--last-words", "3000",
			     "--tests", "1", "--stdout", in_directory("out"), "--", "sh", "-c", script)),
	       "exit 7");
	read_text("out", text, sizeof text);
	cr_assert_str_eq(text, "knows\n");
}

/* Threads whose innermost frame lies in the C library's code, wherever the machine puts that. */
static size_t threads_in_the_library(const char *text)
{
	static const char innermost[] = "\nframes : ";
	unsigned long long from, to, pc;
	size_t count = 0;
	bool found = false;

	for (const char *line = text; !found && (line = strchr(line, '\n'));) {
		char path[128] = "";
		found = sscanf(++line, "%llx-%llx r-xp %*s %*s %*s %127s", &from, &to, path) == 3 &&
			strstr(path, "/libc");
	}
	cr_assert(found, "%s", text);
	for (const char *at = text; (at = strstr(at, innermost)); at++)
		count += sscanf(at + strlen(innermost), "%llx", &pc) == 1 && from <= pc && pc < to;
	return count;
}

/* Of a deadlock, of a program that waits, and of one that computes. */
Test(supervisor_standing, writes_down_where_threads_stand)
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
		cr_assert_eq(threads_in_the_library(text), cases[i].threads - (i == 2), "%s", text);
		unlink(in_directory("stacks"));
	}
}

/* What a detector writes when it is asked to end still counts; the program's end is the deadlock. */
Test(supervisor_standing, hears_last_words)
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
