/* Builds, with a make of our own: what is told of each target, and when make itself cannot work. */
#include "../scratch_workbook.h"

#include <errno.h>
#include <signal.h>

#include "base/mem.h"
#include "exec/build.h"
#include "exec/unchanged.h"

static struct scratch_workbook scratch;

static void open_scratch(void)
{
	scratch_workbook_open(&scratch);
	scratch_file(&scratch, "p/one.c", "#!/bin/sh\necho bye\n");
	scratch_file(&scratch, "p/two.c", "#!/bin/sh\necho bye\n");
	scratch_file(&scratch, "p/bad.c", "oops\n");
}

static void close_scratch(void)
{
	scratch_workbook_close(&scratch);
}

TestSuite(build, .init = open_scratch, .fini = close_scratch, .timeout = 60);

struct seen {
	char ready[512]; /* the targets, a blank after each */
	int ends;
	enum end how;
	char *why;
	struct build *build; /* to be stopped at the first target */
};

static void note_ready(void *context, const char *target)
{
	struct seen *seen = context;

	cr_assert_eq(seen->ends, 0);
	snprintf(seen->ready + strlen(seen->ready), sizeof seen->ready - strlen(seen->ready), "%s ", target);
	if (seen->build)
		build_stop(seen->build);
}

static void note_end(void *context, enum end how, const char *why)
{
	struct seen *seen = context;

	seen->ends++;
	seen->how = how;
	seen->why = why ? mem_copy(why) : NULL;
}

static const struct build_events events = {note_ready, note_end};
static char *targets[] = {"build/plain/bin/p/one", "build/plain/bin/p/bad", "build/plain/bin/p/two"};

static void build(struct seen *seen, bool stop)
{
	const struct build_request request = {.targets = targets, .count = 3, .jobs = 1};

	*seen = (struct seen){.ends = 0};
	struct build *build = build_start(&scratch.workbook.loop, &request, &events, seen);
	cr_assert_eq(seen->ends, 0, "no end comes from inside a start");
	seen->build = stop ? build : NULL;
	build_join(build);
	cr_assert_eq(seen->ends, 1);
}

static void expect_not_started(const char *words)
{
	struct seen seen;

	build(&seen, false);
	cr_assert_eq((int)seen.how, (int)END_NOT_STARTED);
	cr_assert(seen.why && strstr(seen.why, words), "%s", seen.why);
	free(seen.why);
}

Test(build, tells_each_target_that_is_there)
{
	struct seen seen;

	build(&seen, false);
	cr_assert_eq((int)seen.how, (int)END_DONE);
	cr_assert_null(seen.why);
	cr_assert_str_eq(seen.ready, "build/plain/bin/p/one build/plain/bin/p/two ");
	char *words = build_failure(scratch.root, targets[1]);
	cr_assert_str_eq(words, "p/bad.c:1: error: oops\n");
	free(words);
}

/* As if make had made it a while ago. */
Test(build, for_which_make_has_nothing_to_do_is_told_without_it)
{
	char *one[] = {"build/plain/bin/chapters/one"}, *error;
	struct unchanged unchanged;
	char *command = mem_format("cd '%s' && mkdir -p chapters build/plain/bin/chapters && cp p/one.c chapters",
				   scratch.root);

	cr_assert_eq(system(command), 0);
	scratch_file(&scratch, "bin/make", "#!/bin/sh\nexit 2\n");
	scratch_file(&scratch, "build/toolchain", "");
	scratch_file(&scratch, "build/plain/bin/chapters/one", "");
	cr_assert_not(unchanged_begin(&unchanged, scratch.root, one, 1, true, LLONG_MAX));
	unchanged_keep(&unchanged);
	cr_assert_eq(build_targets(&scratch.workbook.loop, one, 1, 1, &error), 0, "%s", error);
	scratch_file(&scratch, "chapters/two.h", "");
	cr_assert_eq(build_targets(&scratch.workbook.loop, one, 1, 1, &error), -1);
	free(error);
	free(command);
}

Test(build, that_is_waited_for_tells_what_was_not_built)
{
	char *error;

	cr_assert_eq(build_targets(&scratch.workbook.loop, targets, 1, 1, &error), 0);
	cr_assert_null(error);
	cr_assert_eq(build_targets(&scratch.workbook.loop, targets, 3, 1, &error), -1);
	cr_assert_str_eq(error, "'build/plain/bin/p/bad' was not built: p/bad.c:1: error: oops\n");
	free(error);
}

Test(build, without_make_is_not_started)
{
	char *command = mem_format("cd '%s/bin' && rm make && ln -s $(command -v flock) flock", scratch.root);
	char *bin = mem_format("%s/bin", scratch.root);

	cr_assert_eq(system(command), 0);
	setenv("PATH", bin, 1);
	expect_not_started("make does not start; install the package 'make'");
	free(bin);
	free(command);
}

Test(build, without_flock_is_not_started)
{
	setenv("PATH", "/nowhere", 1);
	expect_not_started("cannot run flock: No such file or directory");
}

Test(build, whose_make_is_killed_has_no_word_on_what_is_missing)
{
	setenv("FAKE_MAKE", "die", 1);
	expect_not_started("make was killed by signal 9");
}

Test(build, that_cannot_write_its_log_is_not_started)
{
	char *log = mem_format("%s/build/make.log", scratch.root);

	cr_assert_eq(mkdir(log, 0777), 0);
	expect_not_started("cannot write '");
	free(log);
}

Test(build, that_is_stopped_tells_no_more_targets)
{
	struct seen seen;

	setenv("FAKE_MAKE", "hang", 1);
	build(&seen, true);
	cr_assert_eq((int)seen.how, (int)END_CANCELLED);
	cr_assert_null(seen.why);
	cr_assert_str_eq(seen.ready, "build/plain/bin/p/one ");
}

/* A source that the sandbox is to show and that cannot be opened: the compiler would say that it is not there. */
Test(build, in_a_sandbox_without_its_source_is_not_started)
{
	char *source = mem_format("%s/p/round.c", scratch.root),
	     *words = mem_format("cannot give '%s' to a sandbox: %s", source, strerror(ELOOP));
	const char *const files[] = {source, NULL};
	const struct sandbox sandbox = {.root = scratch.root, .writable = scratch.root, .files = files};
	const struct build_request request = {.targets = targets, .count = 1, .jobs = 1, .sandbox = &sandbox};
	struct seen seen = {.ends = 0};

	cr_assert_eq(symlink("round.c", source), 0);
	build_join(build_start(&scratch.workbook.loop, &request, &events, &seen));
	cr_assert_eq((int)seen.how, (int)END_NOT_STARTED);
	cr_assert_str_eq(seen.why, words);
	free(seen.why);
	free(words);
	free(source);
}

/* What else is printed, however long, is not a word on a target; and no process outlives make. */
Test(build, passes_over_what_else_is_printed)
{
	struct seen seen;

	scratch_file(
		&scratch, "bin/make",
		"#!/bin/sh\nawk 'BEGIN {for (i = 0; i < 30000; i++) printf \"ready \"; print \"\"}'\n"
		"echo 'ready build/plain/bin/p/one'\nprintf 'ready build/plain/bin/p/two'\nsleep 1000 2>/dev/null &\n"
		"echo $! >sleeper\n");
	build(&seen, false);
	char *stop = mem_format("kill $(cat '%s/sleeper') 2>/dev/null", scratch.root);
	cr_assert_neq(system(stop), 0, "a process has outlived make");
	free(stop);
	cr_assert_eq((int)seen.how, (int)END_DONE);
	cr_assert_not_null(strstr(seen.ready, "ready ready"));
	cr_assert_null(strstr(seen.ready, "p/two"), "a line without its end is none");
}

/* A person who writes a source can make the compiler say as much as they like. */
Test(build, tells_the_beginning_of_long_words)
{
	char *text = mem_zeroed(200001, 1);

	for (size_t i = 0; i < 200000; i++)
		text[i] = i % 100 == 99 ? '\n' : 'x';
	scratch_file(&scratch, "long.log", text);
	char *words = build_failure(scratch.root, "long");
	cr_expect_leq(strlen(words), (size_t)(64 << 10) + 20);
	cr_expect(strstr(words, "x\n... and more\n"));
	free(words);
	scratch_file(&scratch, "short.log", "few\n");
	words = build_failure(scratch.root, "short");
	cr_expect_str_eq(words, "few\n");
	free(words);
	free(text);
}
