/* The reader's own files: made, kept, put back, and put together with a newer workbook's. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../scratch_root.h"
#include "reader/copy.h"
#include "reader/put.h"

#define EXERCISE "exercises/02-x/pit/line.c"
#define HEADER "exercises/02-x/pit/line.h"
#define OWN "work/02-x/pit/line.c"

static const char first[] = "/* top */\nint a = 1;\n\nint b = 2;\n\nint c = 3;\n\nint d = 4;\n";
static const char newer[] = "/* top, newer */\nint a = 1;\n\nint b = 2;\n\nint c = 3;\n\nint d = 4;\n";
static const char mine[] = "/* top */\nint a = 1;\n\nint b = 2;\n\nint c = 3;\n\nint d = 5;\n";
static const char both[] = "/* top, newer */\nint a = 1;\n\nint b = 2;\n\nint c = 3;\n\nint d = 5;\n";
static const struct program starter = {.path = EXERCISE, .role = ROLE_STARTER};

static void make(void)
{
	root_make();
	root_run("mkdir -p exercises/02-x/pit");
	root_write(EXERCISE, first);
	root_write(HEADER, "void f(void);\n");
}

TestSuite(copy, .init = make, .fini = root_remove, .timeout = 60);

static void expect_good(int failed, char *error)
{
	cr_assert_eq(failed, 0, "%s", error);
}

static void open_copy(void)
{
	char *error = NULL;

	expect_good(copy_open(root, &starter, NULL, &error), error);
}

static void expect_kept(char *kept, const char *name)
{
	if (name)
		cr_assert(kept && strcmp(kept, name) == 0, "%s", kept ? kept : "(nothing)");
	else
		cr_assert_null(kept, "%s", kept);
	free(kept);
}

static void reset(const char *name)
{
	char *error = NULL, *kept;

	expect_good(copy_reset(root, &starter, &kept, &error), error);
	expect_kept(kept, name);
}

static void undo(const char *name)
{
	char *error = NULL, *from;

	expect_good(copy_undo(root, &starter, &from, &error), error);
	expect_kept(from, name);
}

static enum copy_merge merge(const char *name)
{
	char *error = NULL, *kept;
	struct loop loop;

	cr_assert_eq(loop_start(&loop, root), 0);
	enum copy_merge merged = copy_merge(&loop, &starter, &kept, &error);
	loop_release(&loop);
	cr_assert_null(error, "%s", error);
	expect_kept(kept, name);
	return merged;
}

/* Nothing but what the reader knows by name. */
static void expect_names(const char *names)
{
	root_run("ls -A work/02-x/pit | tr '\\n' ' ' >names");
	root_expect("names", names);
}

Test(copy, is_made_once)
{
	char *error = NULL, *path = copy_path(&starter);
	bool made;

	cr_assert_str_eq(path, OWN);
	free(path);
	cr_assert_not(copy_state(root, &starter).exists);
	expect_good(copy_open(root, &starter, &made, &error), error);
	cr_assert(made);
	root_expect(OWN, first);
	root_write(OWN, mine);
	expect_good(copy_open(root, &starter, &made, &error), error);
	cr_assert_not(made);
	root_expect(OWN, mine);
	expect_names("line.c ");
	root_run("ls -A work/.base/02-x/pit | tr '\\n' ' ' >names");
	root_expect("names", "line.c line.h ");
}

Test(copy, two_at_once_make_one)
{
	for (int who = 0; who < 8; who++)
		if (fork() == 0) {
			char *error = NULL;
			_exit(copy_open(root, &starter, NULL, &error) != 0);
		}
	for (int who = 0; who < 8; who++) {
		int status;
		wait(&status);
		cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	root_expect(OWN, first);
	expect_names("line.c ");
}

Test(copy, knows_what_has_changed)
{
	open_copy();
	struct copy_state state = copy_state(root, &starter);
	cr_assert(state.exists && !state.changed && !state.outdated);
	root_write(OWN, mine);
	state = copy_state(root, &starter);
	cr_assert(state.changed && !state.outdated);
	root_write(EXERCISE, newer);
	state = copy_state(root, &starter);
	cr_assert(state.changed && state.outdated);
	char *start = copy_start(root, &starter);
	cr_assert_str_eq(start, first, "a diff is against what it began as");
	free(start);
	/* A newer workbook changes nothing of the reader's. */
	open_copy();
	root_expect(OWN, mine);
}

/* What is promised may change without the starter; it is told until it is noted by a merge. */
Test(copy, knows_that_the_contract_has_changed)
{
	open_copy();
	cr_assert_not(copy_state(root, &starter).contract);
	root_write(HEADER, "int f(void);\n");
	struct copy_state state = copy_state(root, &starter);
	cr_assert(state.contract && !state.outdated && !state.changed);
	cr_assert_eq(merge(NULL), COPY_UP_TO_DATE);
	cr_assert_not(copy_state(root, &starter).contract);
}

Test(copy, without_a_base_is_still_the_readers)
{
	root_run("mkdir -p work/02-x/pit");
	root_write(OWN, mine);
	open_copy();
	struct copy_state state = copy_state(root, &starter);
	cr_assert(state.exists && state.changed && !state.outdated);
	cr_assert_eq(merge(NULL), COPY_UP_TO_DATE);
	reset("work/02-x/pit/line.1.c");
	root_expect("work/02-x/pit/line.1.c", mine);
}

Test(copy, a_reset_keeps_the_file)
{
	open_copy();
	root_write(OWN, mine);
	reset("work/02-x/pit/line.1.c");
	root_expect(OWN, first);
	root_expect("work/02-x/pit/line.1.c", mine);
	reset(NULL);
	expect_names("line.1.c line.c ");
	root_write(OWN, "second\n");
	reset("work/02-x/pit/line.2.c");
	root_expect("work/02-x/pit/line.1.c", mine);
	root_expect("work/02-x/pit/line.2.c", "second\n");
}

Test(copy, a_reset_can_be_taken_back_and_done_again)
{
	open_copy();
	root_write(OWN, mine);
	reset("work/02-x/pit/line.1.c");
	undo("work/02-x/pit/line.1.c");
	root_expect(OWN, mine);
	root_expect("work/02-x/pit/line.1.c", first);
	undo("work/02-x/pit/line.1.c");
	root_expect(OWN, first);
	root_expect("work/02-x/pit/line.1.c", mine);
	root_run("rm " OWN);
	undo("work/02-x/pit/line.1.c");
	root_expect(OWN, mine);
}

Test(copy, there_is_nothing_to_take_back)
{
	char *error = NULL, *from;

	open_copy();
	cr_assert_eq(copy_undo(root, &starter, &from, &error), -1);
	cr_assert_str_eq(error, "nothing was kept of 'work/02-x/pit/line.c'");
	free(error);
}

Test(copy, a_reset_brings_a_deleted_file_back)
{
	open_copy();
	root_run("rm " OWN);
	reset(NULL);
	root_expect(OWN, first);
	root_run("rm -r work");
	reset(NULL);
	root_expect(OWN, first);
}

Test(copy, two_resets_at_once_lose_nothing)
{
	open_copy();
	root_write(OWN, mine);
	for (int who = 0; who < 8; who++)
		if (fork() == 0) {
			char *error = NULL, *kept;
			_exit(copy_reset(root, &starter, &kept, &error) != 0);
		}
	while (wait(NULL) > 0)
		;
	root_expect(OWN, first);
	root_run("cat work/02-x/pit/line.*.c >kept");
	char *kept = root_read("kept");
	cr_assert(strstr(kept, "int d = 5;"), "%s", kept);
	free(kept);
}

/* --- a newer workbook ----------------------------------------------------------------------------------------------*/

Test(copy, both_sides_changes_are_put_together)
{
	open_copy();
	root_write(OWN, mine);
	root_write(EXERCISE, newer);
	cr_assert_eq(merge("work/02-x/pit/line.1.c"), COPY_MERGED);
	root_expect(OWN, both);
	root_expect("work/02-x/pit/line.1.c", mine);
	struct copy_state state = copy_state(root, &starter);
	cr_assert(state.changed && !state.outdated);
	cr_assert_eq(merge(NULL), COPY_UP_TO_DATE);
	/* Taken back, it is what it was: the newer workbook is offered again. */
	undo("work/02-x/pit/line.1.c");
	root_expect(OWN, mine);
	cr_assert(copy_state(root, &starter).outdated);
}

Test(copy, a_conflict_is_marked)
{
	open_copy();
	root_write(OWN, "/* mine */\nint a = 1;\n\nint b = 2;\n\nint c = 3;\n\nint d = 4;\n");
	root_write(EXERCISE, newer);
	cr_assert_eq(merge("work/02-x/pit/line.1.c"), COPY_CONFLICTS);
	root_expect(OWN, "<<<<<<< yours\n/* mine */\n=======\n/* top, newer */\n>>>>>>> the newer workbook's\n"
			 "int a = 1;\n\nint b = 2;\n\nint c = 3;\n\nint d = 4;\n");
	undo("work/02-x/pit/line.1.c");
	root_run("grep -q '/. mine' " OWN);
}

Test(copy, what_was_not_touched_is_simply_newer)
{
	open_copy();
	root_write(EXERCISE, newer);
	cr_assert_eq(merge(NULL), COPY_MERGED);
	root_expect(OWN, newer);
	expect_names("line.c ");
	cr_assert_not(copy_state(root, &starter).outdated);
}

Test(copy, without_git_nothing_is_changed)
{
	char *error = NULL, *kept, *path = mem_copy(getenv("PATH"));
	struct loop loop;

	open_copy();
	root_write(OWN, mine);
	root_write(EXERCISE, newer);
	cr_assert_eq(loop_start(&loop, root), 0);
	setenv("PATH", "/nowhere", 1);
	cr_assert_eq(copy_merge(&loop, &starter, &kept, &error), COPY_FAILED);
	setenv("PATH", path, 1);
	cr_assert(error && strstr(error, "install the package 'git'"), "%s", error);
	loop_release(&loop);
	root_expect(OWN, mine);
	cr_assert(copy_state(root, &starter).outdated);
	expect_names("line.c ");
	free(error);
	free(path);
}

/* --- what fails ----------------------------------------------------------------------------------------------------*/

/* Where the folder should be there is a file: root may write anywhere, and this stops it too. */
Test(copy, what_cannot_be_made_is_said)
{
	char *error = NULL;

	root_write("work", "a file\n");
	cr_assert_eq(copy_open(root, &starter, NULL, &error), -1);
	cr_assert(error && strstr(error, "cannot write '") && strstr(error, "Not a directory"), "%s", error);
	free(error);
}

/* No file may grow beyond a few bytes: as on a full disk, a write ends half way. */
Test(copy, on_a_full_disk_the_file_stays)
{
	const struct rlimit few = {10, RLIM_INFINITY}, many = {RLIM_INFINITY, RLIM_INFINITY};
	char *error = NULL, *kept;

	open_copy();
	root_write(OWN, mine);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &few);
	int failed = copy_reset(root, &starter, &kept, &error);
	setrlimit(RLIMIT_FSIZE, &many);
	cr_assert_eq(failed, -1);
	cr_assert(error && strstr(error, "cannot replace '") && strstr(error, "File too large"), "%s", error);
	free(error);
	root_expect(OWN, mine);
	expect_names("line.c ");
	root_run("rm -r work");
	setrlimit(RLIMIT_FSIZE, &few);
	failed = copy_open(root, &starter, NULL, &error);
	setrlimit(RLIMIT_FSIZE, &many);
	cr_assert_eq(failed, -1);
	free(error);
	root_run("! find work -type f | grep .");
}

Test(copy, an_exercise_that_is_gone_is_said)
{
	char *error = NULL, *kept;

	open_copy();
	root_write(OWN, mine);
	root_run("rm " EXERCISE);
	cr_assert_eq(copy_reset(root, &starter, &kept, &error), -1);
	cr_assert(error && strstr(error, "cannot read '"), "%s", error);
	root_expect(OWN, mine);
	free(error);
}

Test(copy, what_a_kill_has_left_is_swept)
{
	open_copy();
	/* No process has that number: it is above the largest that there can be. */
	root_run("touch work/.base/02-x/pit/line.c.99999999.new");
	root_write(OWN, mine);
	reset("work/02-x/pit/line.1.c");
	root_run("! ls work/.base/02-x/pit/ | grep -q new");
}

/* --- where the file system can do less -----------------------------------------------------------------------------*/

Test(copy, files_are_exchanged_in_steps_too)
{
	char *one = mem_format("%s/one", root), *other = mem_format("%s/other", root);
	char *missing = mem_format("%s/missing", root);

	root_write("one", "1\n");
	root_write("other", "2\n");
	cr_assert_eq(put_exchange_in_steps(one, other), 0);
	root_expect("one", "2\n");
	root_expect("other", "1\n");
	cr_assert_eq(put_exchange_in_steps(missing, other), -1);
	root_expect("other", "1\n");
	cr_assert_eq(put_exchange_in_steps(one, missing), -1);
	root_expect("one", "2\n");
	root_run("! ls | grep kept");
	free(missing);
	free(other);
	free(one);
}
