/*
 * Killed at any moment, the memory is whole and no file of the reader's is lost or torn. A child saves as an editor does,
 * resets, takes back and notes without end; it says what it has done, and is killed after a time that nobody has chosen.
 * LOOSE_KILLS is how often; `make kills` sets 200.
 */
#include <glob.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "../scratch_root.h"
#include "reader/copy.h"
#include "reader/progress.h"

#define PITFALL "02-x/pit"
#define OWN "work/" PITFALL "/line.c"

TestSuite(kills, .timeout = 600);

static const char starter_text[] = "/* the starter */\nint x;\n";
static const struct program starter = {.path = "exercises/" PITFALL "/line.c", .role = ROLE_STARTER};

/* What the child has finished, each as one byte: a note, or a save that is in its place. */
enum { NOTED = 'n', SAVED = 's' };

static void text_of_version(char *text, size_t size, long version)
{
	int length = snprintf(text, size, "/* version %ld of the reader's */\n", version);

	/* Long enough that a write of it could be cut. */
	while ((size_t)length < size - 1)
		text[length++] = (char)('a' + version % 26);
	text[length] = '\0';
}

/* As an editor: beside it, and then in its place. */
static void save(long version)
{
	char text[20000];

	text_of_version(text, sizeof text, version);
	root_write("work/saving", text);
	char *from = mem_format("%s/work/saving", root), *to = mem_format("%s/" OWN, root);
	if (rename(from, to) != 0)
		_exit(3);
	free(from);
	free(to);
}

static void say(int out, char what)
{
	if (write(out, &what, 1) != 1)
		_exit(4);
}

/* Each version is kept by a reset before the next one takes its place. */
static void work(int out)
{
	struct reader reader;
	char *error, *name;

	reader_open(&reader, root);
	for (long version = 1;; version++) {
		reader_note_attempt(&reader, PITFALL, false);
		say(out, NOTED);
		if (reader.problem || copy_open(root, &starter, NULL, &error) != 0)
			_exit(5);
		save(version);
		say(out, SAVED);
		if (copy_reset(root, &starter, &name, &error) != 0)
			_exit(6);
		free(name);
		for (int twice = 0; twice < 2; twice++) {
			if (copy_undo(root, &starter, &name, &error) != 0)
				_exit(7);
			free(name);
		}
	}
}

static void count(char what, long *noted, long *saved)
{
	*noted += what == NOTED;
	*saved += what == SAVED;
}

/* Kills it in the midst of what follows one of its first steps, up to 20 ms after it, and counts what it has said. */
static void kill_sometime(pid_t child, int in, long *noted, long *saved)
{
	struct timespec pause = {0, (rand() % 20000) * 1000L};
	char what;
	int status;

	for (int steps = rand() % 12; steps > 0 && read(in, &what, 1) == 1; steps--)
		count(what, noted, saved);
	nanosleep(&pause, NULL);
	kill(child, SIGKILL);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the child ended by itself: %d", status);
	while (read(in, &what, 1) == 1)
		count(what, noted, saved);
}

static void expect_memory(long noted)
{
	struct reader reader;

	reader_open(&reader, root);
	char *problem = reader_complaint(&reader);
	cr_assert_null(problem, "%s", problem);
	long attempts = reader_standing(&reader, PITFALL).attempts;
	cr_assert(attempts == noted || attempts == noted + 1, "%ld notes, of %ld that were made", attempts, noted);
	reader_close(&reader);
}

/* Which version the file is; 0: the starter. Torn or strange is a failure. */
static long version_in(const char *path)
{
	char *text = file_read(path), expected[20000];
	long version = 0;

	cr_assert(text, "%s", path);
	if (strcmp(text, starter_text) != 0) {
		cr_assert_eq(sscanf(text, "/* version %ld", &version), 1, "%s: %.60s", path, text);
		text_of_version(expected, sizeof expected, version);
		cr_assert_str_eq(text, expected, "%s is torn", path);
	}
	free(text);
	return version;
}

static void expect_files(long saved)
{
	char *there = mem_zeroed((size_t)saved + 2, 1), *pattern = mem_format("%s/work/" PITFALL "/*", root);
	glob_t found = {0};

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			long version = version_in(found.gl_pathv[i]);
			cr_assert(version <= saved + 1, "%s", found.gl_pathv[i]);
			there[version] = 1;
		}
	for (long version = 1; version <= saved; version++)
		cr_assert(there[version], "version %ld of %ld is lost", version, saved);
	globfree(&found);
	free(pattern);
	free(there);
}

Test(kills, leave_the_memory_and_the_files_whole)
{
	const char *wanted = getenv("LOOSE_KILLS");
	long rounds = wanted ? strtol(wanted, NULL, 10) : 10, all_noted = 0, all_saved = 0;

	srand((unsigned)time(NULL));
	for (long round = 0; round < rounds; round++) {
		long noted = 0, saved = 0;
		int ends[2];
		root_make();
		root_run("mkdir -p exercises/" PITFALL);
		root_write("exercises/" PITFALL "/line.c", starter_text);
		cr_assert_eq(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			close(ends[0]);
			work(ends[1]);
		}
		close(ends[1]);
		kill_sometime(child, ends[0], &noted, &saved);
		close(ends[0]);
		expect_memory(noted);
		expect_files(saved);
		all_noted += noted;
		all_saved += saved;
		root_remove();
	}
	cr_assert(rounds < 10 || (all_noted && all_saved), "the kills came before anything was done");
	printf("%ld kills; %ld notes and %ld saves before them, none lost\n", rounds, all_noted, all_saved);
}
