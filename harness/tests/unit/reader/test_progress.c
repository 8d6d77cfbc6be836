/* The memory of the reader: what is worked out of it, two processes, two machines, and everything that can go wrong. */
#include <sys/stat.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "../scratch_root.h"
#include "reader/progress.h"
#include "reader/store.h"

#define PITFALL "02-ownership/implicit-contract"
#define OTHER "01-lens/missing-cancel"

TestSuite(progress, .init = root_make, .fini = root_remove, .timeout = 60);

static void expect_no_complaint(struct reader *reader)
{
	char *problem = reader_complaint(reader);

	cr_assert_null(problem, "%s", problem);
}

static void expect_complaint(struct reader *reader, const char *words)
{
	char *problem = reader_complaint(reader);

	cr_assert(problem && strstr(problem, words), "%s", problem ? problem : "(nothing)");
	free(problem);
}

static void open_quietly(struct reader *reader)
{
	reader_open(reader, root);
	expect_no_complaint(reader);
}

static void predict(struct reader *reader, const char *pitfall, bool right)
{
	const struct cell cells[] = {{"tsan", right, true}, {"budget", true, true}};
	const struct prediction prediction = {.cells = cells,
					      .count = 2,
					      .confidence = 80,
					      .question = "which figure?",
					      .answer = "threads",
					      .right = "threads"};

	reader_note_prediction(reader, pitfall, &prediction);
}

Test(progress, begins_with_nothing)
{
	struct reader reader;

	open_quietly(&reader);
	cr_assert_null(reader_position(&reader));
	struct standing standing = reader_standing(&reader, PITFALL);
	cr_assert(!standing.predictions && !standing.passed && !standing.opened && !standing.attempts);
	reader_close(&reader);
	root_run("! test -e work");
}

Test(progress, is_there_the_next_time)
{
	struct reader reader;

	open_quietly(&reader);
	reader_note_opened(&reader, OTHER);
	reader_note_opened(&reader, PITFALL);
	reader_note_hint(&reader, PITFALL, 2);
	reader_note_hint(&reader, PITFALL, 1);
	reader_note_attempt(&reader, PITFALL, false);
	reader_note_attempt(&reader, PITFALL, true);
	reader_note_attempt(&reader, PITFALL, false);
	reader_note_solution(&reader, PITFALL, false);
	predict(&reader, PITFALL, true);
	reader_close(&reader);

	open_quietly(&reader);
	cr_assert_str_eq(reader_position(&reader), PITFALL);
	struct standing standing = reader_standing(&reader, PITFALL);
	cr_assert_eq(standing.hints, 2);
	cr_assert_eq(standing.attempts, 3);
	cr_assert(standing.passed && standing.passed_at && standing.opened);
	cr_assert_eq(standing.asked, 1);
	cr_assert_not(standing.solution_shown);
	cr_assert_eq(standing.predictions, 1);
	cr_assert(standing.predicted_right);
	cr_assert_eq(reader_standing(&reader, OTHER).attempts, 0);
	reader_close(&reader);
}

Test(progress, the_first_prediction_counts)
{
	struct reader reader;

	open_quietly(&reader);
	predict(&reader, PITFALL, false);
	predict(&reader, PITFALL, true);
	struct standing standing = reader_standing(&reader, PITFALL);
	cr_assert_eq(standing.predictions, 2);
	cr_assert_not(standing.predicted_right, "the second one knew the answer");
	reader_close(&reader);
}

Test(progress, a_reset_begins_anew)
{
	struct reader reader;

	open_quietly(&reader);
	reader_note_attempt(&reader, PITFALL, true);
	reader_note_reset(&reader, PITFALL);
	reader_note_attempt(&reader, PITFALL, false);
	struct standing standing = reader_standing(&reader, PITFALL);
	cr_assert_not(standing.passed);
	cr_assert(standing.passed_at, "it was passed once");
	cr_assert_eq(standing.attempts, 1);
	reader_close(&reader);
}

static void count_guess(void *context, const struct guess *guess)
{
	unsigned *counts = context;

	counts[0]++;
	counts[1] += guess->right;
	cr_assert_eq(guess->confidence, 80);
}

Test(progress, guesses_are_those_of_first_predictions)
{
	unsigned counts[2] = {0};
	struct reader reader;

	open_quietly(&reader);
	predict(&reader, PITFALL, false);
	predict(&reader, PITFALL, true);
	predict(&reader, OTHER, true);
	reader_guesses(&reader, count_guess, counts);
	cr_assert_eq(counts[0], 6, "two cells and a question each");
	cr_assert_eq(counts[1], 5);
	reader_close(&reader);
}

/* Two at once, each of which has the file open. */
Test(progress, two_processes_lose_nothing)
{
	enum { EACH = 40 };
	struct reader reader;

	for (int who = 0; who < 2; who++)
		if (fork() == 0) {
			reader_open(&reader, root);
			for (int i = 0; i < EACH; i++)
				reader_note_attempt(&reader, PITFALL, false);
			char *problem = reader_complaint(&reader);
			reader_close(&reader);
			_exit(problem != NULL);
		}
	for (int who = 0; who < 2; who++) {
		int status;
		wait(&status);
		cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	open_quietly(&reader);
	cr_assert_eq(reader_standing(&reader, PITFALL).attempts, 2 * EACH);
	reader_close(&reader);
}

Test(progress, what_another_has_noted_is_there_after_a_reload)
{
	struct reader one, other;

	open_quietly(&one);
	open_quietly(&other);
	reader_note_attempt(&other, PITFALL, true);
	cr_assert_not(reader_standing(&one, PITFALL).passed);
	reader_reload(&one);
	expect_no_complaint(&one);
	cr_assert(reader_standing(&one, PITFALL).passed);
	reader_close(&one);
	reader_close(&other);
}

/* --- damage --------------------------------------------------------------------------------------------------------*/

Test(progress, a_file_that_is_no_database_is_set_aside)
{
	struct reader reader;

	root_run("mkdir work && echo 'my notes, no database, long enough to be looked at' >work/progress.db");
	reader_open(&reader, root);
	expect_complaint(&reader, "'work/progress.db' is damaged and now called 'work/progress.db.damaged-1'");
	reader_note_attempt(&reader, PITFALL, true);
	expect_no_complaint(&reader);
	reader_close(&reader);
	root_run("grep -q 'my notes' work/progress.db.damaged-1");
	open_quietly(&reader);
	cr_assert(reader_standing(&reader, PITFALL).passed);
	reader_close(&reader);
}

/* A page in the middle is overwritten; the names of earlier ones are not taken. */
Test(progress, a_damaged_page_is_found)
{
	struct reader reader;

	open_quietly(&reader);
	for (int i = 0; i < 200; i++)
		reader_note_attempt(&reader, PITFALL, false);
	reader_close(&reader);
	root_run("touch work/progress.db.damaged-1 && "
		 "dd if=/dev/zero of=work/progress.db bs=4096 seek=2 count=3 conv=notrunc 2>/dev/null");
	reader_open(&reader, root);
	expect_complaint(&reader, "'work/progress.db.damaged-2'; a new one is begun");
	reader_close(&reader);
	open_quietly(&reader);
	reader_close(&reader);
}

/* A database of the right number without the table: somebody else's. */
Test(progress, a_database_without_the_table_is_set_aside)
{
	struct reader reader;
	sqlite3 *database;

	root_run("mkdir work");
	char *path = mem_format("%s/work/progress.db", root);
	cr_assert_eq(sqlite3_open(path, &database), SQLITE_OK);
	sqlite3_exec(database, "CREATE TABLE mine(x); PRAGMA user_version = 1", NULL, NULL, NULL);
	sqlite3_close(database);
	free(path);
	reader_open(&reader, root);
	expect_complaint(&reader, "damaged-1");
	reader_close(&reader);
}

Test(progress, two_that_see_the_damage_set_one_file_aside)
{
	struct reader reader;

	root_run("mkdir work && yes damaged | head -c 20000 >work/progress.db");
	for (int who = 0; who < 4; who++)
		if (fork() == 0) {
			reader_open(&reader, root);
			reader_note_attempt(&reader, PITFALL, true);
			reader_close(&reader);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
	root_run("test -e work/progress.db.damaged-1 && ! test -e work/progress.db.damaged-2");
	open_quietly(&reader);
	cr_assert_eq(reader_standing(&reader, PITFALL).attempts, 4, "one was lost with the damaged file");
	reader_close(&reader);
}

Test(progress, a_newer_one_is_left_alone)
{
	struct reader reader;
	sqlite3 *database;

	open_quietly(&reader);
	reader_note_attempt(&reader, PITFALL, true);
	reader_close(&reader);
	char *path = mem_format("%s/work/progress.db", root);
	cr_assert_eq(sqlite3_open(path, &database), SQLITE_OK);
	sqlite3_exec(database, "PRAGMA user_version = 7", NULL, NULL, NULL);
	sqlite3_close(database);
	free(path);
	root_run("cp work/progress.db before");
	reader_open(&reader, root);
	expect_complaint(&reader, "was written by a newer workbook (schema 7; this one knows 1); update this one");
	cr_assert(reader.refused);
	reader_note_attempt(&reader, PITFALL, true);
	expect_no_complaint(&reader);
	cr_assert_eq(reader_standing(&reader, PITFALL).attempts, 1, "work goes on, in this process");
	reader_close(&reader);
	root_run("cmp work/progress.db before");
}

/* --- disks ---------------------------------------------------------------------------------------------------------*/

/* What fails is said once; work goes on, and what could not be kept is kept when it can be. */
static void expect_failure(const char *pragma, const char *words, const char *repair)
{
	struct reader reader;

	open_quietly(&reader);
	reader_note_opened(&reader, PITFALL);
	cr_assert_eq(sqlite3_exec(reader.database, pragma, NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < 300; i++)
		reader_note_attempt(&reader, PITFALL, true);
	expect_complaint(&reader, words);
	reader_note_attempt(&reader, PITFALL, true);
	expect_no_complaint(&reader);
	cr_assert_eq(reader_standing(&reader, PITFALL).attempts, 301);
	sqlite3_exec(reader.database, repair, NULL, NULL, NULL);
	reader_note_attempt(&reader, PITFALL, true);
	reader_close(&reader);
	open_quietly(&reader);
	cr_assert_eq(reader_standing(&reader, PITFALL).attempts, 302);
	reader_close(&reader);
}

Test(progress, on_a_full_disk)
{
	expect_failure("PRAGMA max_page_count = 3",
		       "'work/progress.db' cannot be kept: database or disk is full; make room",
		       "PRAGMA max_page_count = 100000");
}

Test(progress, on_a_disk_that_cannot_be_written)
{
	expect_failure("PRAGMA query_only = 1", "cannot be kept: attempt to write a readonly database",
		       "PRAGMA query_only = 0");
}

Test(progress, where_it_cannot_be_opened)
{
	struct reader reader;

	root_run("mkdir -p work/progress.db");
	reader_open(&reader, root);
	expect_complaint(&reader, "'work/progress.db' cannot be kept: unable to open database file");
	reader_note_attempt(&reader, PITFALL, true);
	expect_no_complaint(&reader);
	cr_assert(reader_standing(&reader, PITFALL).passed);
	reader_close(&reader);
}

Test(progress, where_there_can_be_no_folder)
{
	struct reader reader;

	root_write("work", "a file\n");
	reader_open(&reader, root);
	expect_complaint(&reader, "cannot");
	reader_note_opened(&reader, PITFALL);
	cr_assert_str_eq(reader_position(&reader), PITFALL);
	reader_close(&reader);
	root_expect("work", "a file\n");
}

/* --- two machines --------------------------------------------------------------------------------------------------*/

static json_t *import_into(const char *name, const json_t *first, const json_t *second)
{
	struct reader reader;
	char *place = mem_format("%s/%s", root, name);
	size_t added;

	root_run("mkdir -p %s", name);
	reader_open(&reader, place);
	cr_assert_null(reader_import(&reader, first, &added));
	cr_assert_null(reader_import(&reader, second, &added));
	cr_assert_null(reader_import(&reader, first, &added));
	cr_assert_eq(added, 0, "the second time there is nothing to add");
	json_t *all = reader_export(&reader);
	reader_close(&reader);
	free(place);
	return all;
}

static json_t *export_of(const char *name, bool passed)
{
	struct reader reader;
	char *place = mem_format("%s/%s", root, name);

	root_run("mkdir -p %s", name);
	reader_open(&reader, place);
	reader_note_opened(&reader, PITFALL);
	predict(&reader, passed ? PITFALL : OTHER, passed);
	reader_note_attempt(&reader, PITFALL, passed);
	json_t *all = reader_export(&reader);
	reader_close(&reader);
	free(place);
	return all;
}

Test(progress, a_merge_is_a_union)
{
	json_t *one = export_of("one", true), *other = export_of("other", false);
	json_t *there = import_into("there", one, other), *back = import_into("back", other, one);
	struct reader reader;
	char *place = mem_format("%s/there", root);

	cr_assert(json_equal(there, back), "the order matters");
	cr_assert_eq(json_array_size(json_object_get(there, "events")), 6);
	reader_open(&reader, place);
	cr_assert(reader_standing(&reader, PITFALL).passed);
	cr_assert_eq(reader_standing(&reader, PITFALL).attempts, 2);
	cr_assert_eq(reader_standing(&reader, OTHER).predictions, 1);
	reader_close(&reader);
	free(place);
	json_decref(one);
	json_decref(other);
	json_decref(there);
	json_decref(back);
}

Test(progress, what_is_no_progress_is_refused_whole)
{
	static const char *const bad[] = {
		"{}",
		"{\"schema\": \"loose-threads/progress/2\", \"events\": []}",
		"{\"schema\": \"loose-threads/progress/1\"}",
		"{\"schema\": \"loose-threads/progress/1\", \"events\": [{\"id\": \"00000000000000000000000000000001\", "
		"\"time\": 1, \"kind\": \"attempt\", \"pitfall\": \"a/b\", \"detail\": {}}, 7]}",
		"{\"schema\": \"loose-threads/progress/1\", \"events\": [{\"id\": \"x\", \"time\": 1, "
		"\"kind\": \"attempt\", \"pitfall\": \"a/b\", \"detail\": {}}]}",
		/* After it nothing could ever be later. */
		"{\"schema\": \"loose-threads/progress/1\", \"events\": [{\"id\": \"00000000000000000000000000000001\", "
		"\"time\": 9223372036854775807, \"kind\": \"attempt\", \"pitfall\": \"a/b\", \"detail\": {}}]}",
	};
	struct reader reader;

	open_quietly(&reader);
	reader_note_opened(&reader, PITFALL);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		json_t *object = json_loads(bad[i], 0, NULL);
		size_t added;
		char *error = reader_import(&reader, object, &added);
		cr_assert(error, "%s", bad[i]);
		cr_assert_eq(added, 0);
		cr_assert_eq(reader.count, 1);
		free(error);
		json_decref(object);
	}
	reader_close(&reader);
	open_quietly(&reader);
	cr_assert_eq(reader.count, 1);
	reader_close(&reader);
}

/* What somebody has put into the file: the time of the next event does not run over, and what is noted is there. */
Test(progress, an_event_of_the_end_of_time_is_passed)
{
	struct reader reader;

	open_quietly(&reader);
	reader_note_opened(&reader, PITFALL);
	cr_assert_eq(sqlite3_exec(reader.database, "UPDATE event SET time = 9223372036854775807", NULL, NULL, NULL),
		     SQLITE_OK);
	reader_reload(&reader);
	reader_note_attempt(&reader, PITFALL, true);
	cr_assert(reader_standing(&reader, PITFALL).passed);
	cr_assert_gt(reader.events[1].time, 0);
	reader_close(&reader);
}

/* A kind that this kit does not know is from a newer one on the other machine: it is passed on. */
Test(progress, unknown_kinds_are_kept)
{
	json_t *object = json_loads("{\"schema\": \"loose-threads/progress/1\", \"events\": [{\"id\": "
				    "\"00000000000000000000000000000001\", \"time\": 1, \"kind\": \"badge\", "
				    "\"pitfall\": \"\", \"detail\": {\"for\": \"patience\"}}]}",
				    0, NULL);
	struct reader reader;
	size_t added;

	open_quietly(&reader);
	cr_assert_null(reader_import(&reader, object, &added));
	cr_assert_eq(added, 1);
	json_t *all = reader_export(&reader);
	cr_assert(json_equal(all, object));
	json_decref(all);
	json_decref(object);
	reader_close(&reader);
}

Test(progress, an_edited_event_is_refused)
{
	json_t *one = export_of("one", true);
	struct reader reader;
	char *place = mem_format("%s/one", root);
	size_t added;

	json_object_set_new(json_array_get(json_object_get(one, "events"), 0), "pitfall", json_string("a/b"));
	reader_open(&reader, place);
	char *error = reader_import(&reader, one, &added);
	cr_assert(error && strstr(error, "event 1 is another one here"), "%s", error);
	free(error);
	reader_close(&reader);
	free(place);
	json_decref(one);
}
