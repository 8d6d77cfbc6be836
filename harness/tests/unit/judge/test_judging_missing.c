/* Judgings that lack what they need: an error in one line, and nothing is left of them. */
#include "judged.h"

TestSuite(judging_missing, .init = judging_make, .fini = judging_unmake, .timeout = 120);

static void expect_error(const char *words)
{
	struct seen seen;

	judge(&seen, NEVER);
	cr_assert_eq((int)seen.how, (int)END_NOT_STARTED);
	cr_assert(seen.error && strstr(seen.error, words), "%s", seen.error);
	cr_assert_null(strchr(seen.error, '\n'));
	release(&seen);
}

static void take_away(const char *part)
{
	char *path = mem_format("%s/build/%s", scratch.root, part);

	cr_assert_eq(unlink(path), 0);
	free(path);
}

Test(judging_missing, cannot_go_on_without_a_part_of_the_harness)
{
	take_away("monitor.so");
	expect_error("/build/monitor.so' is missing; start ./loose, which builds it");
	take_away("supervisor");
	expect_error("/build/supervisor' is missing; start ./loose");
}

/* The tests of exercises would run by Criterion itself. */
Test(judging_missing, cannot_go_on_without_the_runner_of_tests)
{
	programs[1].role = ROLE_STARTER;
	take_away("runner");
	expect_error("/build/runner/runner.so' is missing; start ./loose");
	scratch_directory(&scratch, "build/runner");
	scratch_file(&scratch, "build/runner/runner.so", "");
	expect_error("/build/runner/libcriterion*' is missing; start ./loose");
}

/* So many that each end would start the next: one line, and soon. */
Test(judging_missing, cannot_go_on_with_a_supervisor_that_does_not_start)
{
	take_away("supervisor");
	scratch_file(&scratch, "build/supervisor", "#!/no/such/interpreter\n");
	expect_error("cannot start '");
	options.repeat = 10000;
	expect_error("cannot start '");
}

Test(judging_missing, cannot_go_on_without_a_directory_for_runs)
{
	struct seen seen;
	char *path = mem_format("%s/build/run", scratch.root);

	scratch_file(&scratch, "build/run", "not a directory");
	options.repeat = 10000;
	expect_error("cannot make '");
	unlink(path);
	free(path);
	options.repeat = 1;
	judge(&seen, NEVER);
	expect_all(&seen);
	release(&seen);
}

Test(judging_missing, cannot_go_on_when_make_is_killed)
{
	setenv("FAKE_MAKE", "die", 1);
	expect_error("make was killed by signal 9");
}

Test(judging_missing, cannot_begin_without_its_cache)
{
	char *path = mem_format("%s/build/cache", scratch.root);

	cr_assert_eq(mkdir(path, 0777), 0);
	free(path);
	expect_error("build/cache'");
}
