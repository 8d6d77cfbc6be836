/*
 * An instructor's hidden tests: they count, a person who hands in is shown nothing of
 * them, and those that are no good are refused before anything is graded.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

#define EXERCISE "exercises/" PITFALL
#define SOLUTION "solutions/" PITFALL "/line.c"
/* A word that stands in the hidden tests and nowhere else. */
#define SECRET "the_seventh_parcel"

static struct scratch scratch;

static const char right[] = "#include \"line.h\"\n"
			    "static int sum;\n"
			    "int line_add(int more)\n"
			    "{\n"
			    "	return sum += more;\n"
			    "}\n";

/* What the exercise's own test asks for, and no more. */
static const char narrow[] = "#include \"line.h\"\n"
			     "int line_add(int more)\n"
			     "{\n"
			     "	return more;\n"
			     "}\n";

static const char hidden[] = "#include <criterion/criterion.h>\n"
			     "#include \"line.h\"\n"
			     "#include \"helper.h\"\n"
			     "Test(hidden, " SECRET ")\n"
			     "{\n"
			     "	line_add(FIRST);\n"
			     "	cr_assert_eq(line_add(2), 9, \"" SECRET " was lost\");\n"
			     "}\n"
			     "Test(hidden, nothing)\n"
			     "{\n"
			     "	cr_assert_eq(line_add(0), 0);\n"
			     "}\n";

static void hand_in(const char *person, const char *source)
{
	char path[256];

	scratch_shell(&scratch, "mkdir -p class/%s/" PITFALL, person);
	snprintf(path, sizeof path, "class/%s/" PITFALL "/line.c", person);
	scratch_write(&scratch, path, source);
}

static void make(void)
{
	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
	scratch_make(&scratch);
	scratch_shell(&scratch, "rm -f " EXERCISE "/rubric; mkdir -p mine/" PITFALL);
	scratch_write(&scratch, EXERCISE "/line.h", "/* Adds. */\nint line_add(int more);\n");
	scratch_write(&scratch, EXERCISE "/test.c",
		      "#include <criterion/criterion.h>\n#include \"line.h\"\n"
		      "Test(line, counts)\n{\n	cr_assert_eq(line_add(1), 1);\n}\n");
	scratch_write(&scratch, SOLUTION, right);
	scratch_write(&scratch, "mine/" PITFALL "/more.c", hidden);
	scratch_write(&scratch, "mine/" PITFALL "/helper.h", "#define FIRST 7\n");
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(hidden_tests, .init = make, .fini = unmake, .timeout = 600);

static struct outcome grade(const char *options, int status)
{
	char arguments[1024];

	snprintf(arguments, sizeof arguments,
		 "grade implicit --submissions '%s/class' --out '%s/grades' --repeat 1 --hidden '%s/mine' %s",
		 scratch.root, scratch.root, scratch.root, options);
	return scratch_expect(&scratch, status, arguments);
}

static void expect(const char *text, const char *words)
{
	cr_assert(strstr(text, words), "'%s' is not in:\n%s", words, text);
}

static void expect_in(const char *path, const char *words)
{
	char *text = scratch_read(&scratch, path);

	expect(text, words);
	free(text);
}

static void refuse(const char *options, int status, const char *words)
{
	struct outcome outcome = grade(options, status);

	expect(outcome.err, words);
	outcome_release(&outcome);
	scratch_shell(&scratch, "! test -e grades/grades.csv");
}

#define PERSON(name) "submissions/" name "/02-ownership.implicit-contract"

Test(hidden_tests, count_and_are_shown_to_nobody)
{
	hand_in("ann", right);
	hand_in("bob", narrow);
	hand_in("carl", "int line_add(\n");
	scratch_write(&scratch, "mine/" PITFALL "/rubric",
		      "30 | test " SECRET " | What was given before is not forgotten.\n10 | test nothing |\n");
	struct outcome outcome = grade("", 1);
	expect(outcome.out, "1 passed, 2 failed, 0 tampered, 0 cannot be judged; 3 judged now\n");
	cr_assert_null(strstr(outcome.err, SECRET), "%s", outcome.err);
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "\"ann\",\"" PITFALL "\",passed,140,140,\"\",\"\"\r\n");
	expect_in("grades/grades.csv", "\"bob\",\"" PITFALL "\",failed,110,140,\"\",\"\"\r\n");
	expect_in("grades/grades.csv",
		  "\"carl\",\"" PITFALL "\",failed,0,140,\"it does not compile: " PITFALL "/line.c:");
	/* The instructor has all of it. */
	expect_in("grades/items.csv", "hidden test,\"" SECRET "\",1,2\r\n");
	expect_in("grades/junit.xml", "hidden test " SECRET);
	expect_in("grades/hidden/bob/02-ownership.implicit-contract.json", SECRET " was lost");
	/* The person has the sentence and the points. */
	expect_in("grades/" PERSON("bob") ".md", "This does not hold yet: **What was given before is not forgotten.**");
	expect_in("grades/" PERSON("bob") ".md", "| 0 | 30 | hidden tests | What was given before is not forgotten. |");
	expect_in("grades/" PERSON("bob") ".md", "| 10 | 10 | hidden tests | Tests of which nothing is told. |");
	expect_in("grades/submissions/bob/gradescope.json", "\"score\": 110.0");
	expect_in("grades/submissions/bob/prairielearn.json", "What was given before is not forgotten.");
	scratch_shell(&scratch, "! grep -rl -e " SECRET " -e more.c grades/submissions");
	scratch_shell(&scratch, "! grep -rq more.c build/run && test -z \"$(ls -A build/run)\"");
}

Test(hidden_tests, are_worth_40_points_and_silent_without_a_rubric)
{
	hand_in("bob", narrow);
	struct outcome outcome = grade("", 1);
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "\"bob\",\"" PITFALL "\",failed,120,140,\"\",\"\"\r\n");
	expect_in("grades/" PERSON("bob") ".md", "| 20 | 40 | hidden tests | Tests of which nothing is told. |");
	expect_in("grades/" PERSON("bob") ".md", "The tests that you have pass");
	scratch_shell(&scratch, "! grep -rl " SECRET " grades/submissions");
}

/* What is judged at all rests on them too. */
Test(hidden_tests, are_judged_anew_once_they_change)
{
	static const char *const changes[][2] = {{"more.c", " was lost"}, {"helper.h", "FIRST 7"}};

	hand_in("ann", right);
	struct outcome outcome = grade("", 0);
	expect(outcome.out, "1 judged now");
	outcome_release(&outcome);
	outcome = grade("", 0);
	expect(outcome.out, "0 judged now");
	outcome_release(&outcome);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		char path[128], to[64];
		snprintf(path, sizeof path, "mine/" PITFALL "/%s", changes[i][0]);
		snprintf(to, sizeof to, "%s ", changes[i][1]);
		scratch_replace(&scratch, path, changes[i][1], to);
		outcome = grade("", 0);
		expect(outcome.out, "1 judged now");
		outcome_release(&outcome);
	}
	scratch_write(&scratch, "mine/" PITFALL "/rubric", "1 | test nothing | It is nothing.\n");
	outcome = grade("", 0);
	expect(outcome.out, "1 judged now");
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "passed,101,101,");
}

Test(hidden_tests, are_found_by_the_name_of_the_exercise_alone)
{
	hand_in("bob", narrow);
	scratch_shell(&scratch, "mv mine/" PITFALL " mine/implicit-contract && rmdir mine/02-ownership");
	struct outcome outcome = grade("", 1);
	expect(outcome.out, "0 passed, 1 failed");
	outcome_release(&outcome);
	scratch_shell(&scratch, "rm -r grades; mkdir -p mine/" PITFALL);
	refuse("", 2, "are of the same exercise; keep one");
}

Test(hidden_tests, are_refused_where_they_are_no_good)
{
	hand_in("ann", right);
	refuse("--no-sandbox", 2, "without a sandbox what is handed in runs as the user who reads the hidden tests");
	scratch_write(&scratch, "mine/" PITFALL "/rubric", "1 | test nothing |\n1 | test other |\n");
	refuse("", 2, "mine/" PITFALL "/rubric:2: there is no test 'other'");
	scratch_shell(&scratch, "rm mine/" PITFALL "/rubric");
	scratch_write(&scratch, "mine/" PITFALL "/helper.h", "#define FIRST unknown\n");
	refuse("", 2, "mine/" PITFALL "/more.c:6:11: error: use of undeclared identifier 'unknown'");
	scratch_write(&scratch, "mine/" PITFALL "/helper.h", "#define FIRST 8\n");
	refuse("", 2, "test " SECRET " refuses it, of the workbook's own solution; correct it: nothing was graded");
	scratch_write(&scratch, "mine/" PITFALL "/helper.h", "#define FIRST missing()\nint missing(void);\n");
	refuse("", 2, "missing");
	scratch_shell(&scratch, "rm mine/" PITFALL "/more.c");
	refuse("", 2, "mine/" PITFALL " has no test;");
	scratch_shell(&scratch, "rm -r mine/02-ownership");
	refuse("", 2, "mine' has no hidden tests for what is graded; they belong in");
	scratch_shell(&scratch, "rmdir mine && mkdir " EXERCISE "/mine && ln -s " EXERCISE "/mine mine");
	refuse("", 2, "mine' lies in exercises/, which others are shown");
	scratch_shell(&scratch, "rm mine");
	refuse("", 2, "name the folder with the hidden tests");
}

/* A detector that fires over a right program with a hidden test tells of the test. */
Test(hidden_tests, that_race_are_refused)
{
	hand_in("ann", right);
	scratch_write(&scratch, "mine/" PITFALL "/more.c",
		      "#include <criterion/criterion.h>\n#include <pthread.h>\n"
		      "static int count;\n"
		      "static void *go(void *of)\n{\n	count++;\n	return of;\n}\n"
		      "Test(hidden, races)\n{\n	pthread_t threads[2];\n"
		      "	for (int i = 0; i < 2; i++)\n		pthread_create(&threads[i], 0, go, 0);\n"
		      "	for (int i = 0; i < 2; i++)\n		pthread_join(threads[i], 0);\n"
		      "	cr_assert_eq(count, 2);\n}\n");
	refuse("", 2, "refuses it, of the workbook's own solution");
}

/* Adds rightly where it can open nothing of the tests, by the names that they have, and finds no folder of theirs. */
static const char spies[] = "#include \"line.h\"\n"
			    "#include <dirent.h>\n"
			    "#include <fcntl.h>\n"
			    "#include <string.h>\n"
			    "static int sum;\n"
			    "static int sees(void)\n"
			    "{\n"
			    "	DIR *runs = opendir(\"%s/build/run\");\n"
			    "	struct dirent *entry;\n"
			    "	int found = 0;\n"
			    "	while (runs && (entry = readdir(runs)))\n"
			    "		found |= strstr(entry->d_name, \"hidden\") != 0;\n"
			    "	if (runs)\n"
			    "		closedir(runs);\n"
			    "	return found || open(\"%s/mine/" PITFALL "/more.c\", O_RDONLY) >= 0;\n"
			    "}\n"
			    "int line_add(int more)\n"
			    "{\n"
			    "	return sees() ? -1 : (sum += more);\n"
			    "}\n";

Test(hidden_tests, cannot_be_read_from_the_disk)
{
	char source[2048];

	snprintf(source, sizeof source, spies, scratch.root, scratch.root);
	hand_in("spy", source);
	snprintf(source, sizeof source, "#include \"%s/mine/" PITFALL "/more.c\"\n", scratch.root);
	hand_in("takes", source);
	/* Else the gate holds the first one up, and the sandbox is not tried. */
	scratch_write(&scratch, EXERCISE "/names", "open open64 opendir readdir readdir64 closedir\n");
	struct outcome outcome = grade("", 1);
	expect(outcome.out, "1 passed, 0 failed, 1 tampered, 0 cannot be judged; 2 judged now\n");
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "\"spy\",\"" PITFALL "\",passed,140,140,");
}
