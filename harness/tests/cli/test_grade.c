/*
 * A class of submissions, from their folders to the grades: of an exercise so
 * small that all is judged in seconds.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "tool.h"

#define EXERCISE "exercises/" PITFALL

static struct scratch scratch;

static const char right[] = "#include \"line.h\"\n"
			    "int line_add(int more)\n"
			    "{\n"
			    "	static int sum;\n"
			    "	return sum += more;\n"
			    "}\n";

static const char wrong[] = "#include \"line.h\"\n"
			    "int line_add(int more)\n"
			    "{\n"
			    "	return more;\n"
			    "}\n";

static const char tests[] = "#include <criterion/criterion.h>\n"
			    "#include \"line.h\"\n"
			    "Test(line, counts)\n"
			    "{\n"
			    "	cr_assert_eq(line_add(1), 1);\n"
			    "}\n"
			    "Test(line, adds)\n"
			    "{\n"
			    "	line_add(1);\n"
			    "	cr_assert_eq(line_add(1), 2);\n"
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
	scratch_make(&scratch);
	scratch_write(&scratch, EXERCISE "/line.h", "int line_add(int more);\n");
	scratch_write(&scratch, EXERCISE "/test.c", tests);
	scratch_shell(&scratch, "rm -f " EXERCISE "/rubric"); /* it is of other tests */
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(grade, .init = make, .fini = unmake, .timeout = 300);

static struct outcome grade(const char *options, int status)
{
	char arguments[1024];

	snprintf(arguments, sizeof arguments, "grade implicit --submissions '%s/class' --out '%s/grades' --repeat 1 %s",
		 scratch.root, scratch.root, options);
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

#define PERSON(name) "grades/submissions/" name "/02-ownership.implicit-contract"

Test(grade, tells_the_outcomes_apart)
{
	hand_in("ann", right);
	hand_in("bob", wrong);
	hand_in("carl", "int line_add(\n");
	scratch_shell(&scratch, "mkdir -p class/dora/" PITFALL " && ln -s /etc/passwd class/dora/" PITFALL
				"/line.c && mkdir class/eve class/gil");
	/* Handed in as one file, which no other exercise here has. */
	scratch_shell(&scratch, "cp class/ann/" PITFALL "/line.c class/gil");
	scratch_shell(&scratch, "mkdir -p packed/" PITFALL " && cp class/ann/" PITFALL "/line.c packed/" PITFALL
				" && tar -czf class/fay.tar.gz -C packed 02-ownership");
	struct outcome outcome = grade("--no-sandbox", 1);
	expect(outcome.out, "3 passed, 3 failed, 1 tampered, 0 cannot be judged; 7 judged now\n");
	expect(outcome.err, "without a sandbox");
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "\"ann\",\"" PITFALL "\",passed,100,100,\"\",\"\"\r\n");
	/* One of two tests: 30 points, and of the detectors' 40 half, as their runs end at the test that fails: none. */
	expect_in("grades/grades.csv", "\"bob\",\"" PITFALL "\",failed,30,100,\"\",\"\"\r\n");
	expect_in("grades/grades.csv",
		  "\"carl\",\"" PITFALL "\",failed,0,100,\"it does not compile: " PITFALL "/line.c:1:14: error: ");
	expect_in("grades/grades.csv", "\"dora\",\"" PITFALL "\",tampered,,100,");
	expect_in("grades/grades.csv", "\"eve\",\"" PITFALL "\",failed,0,100,\"there is no");
	expect_in("grades/grades.csv", "\"fay\",\"" PITFALL "\",passed,100,100,\"\",\"\"\r\n");
	expect_in("grades/grades.csv", "\"gil\",\"" PITFALL "\",passed,100,100,\"\",\"\"\r\n");
	expect_in("grades/items.csv", "test,\"adds\",1,4\r\n");
	expect_in(PERSON("bob") ".md", "This does not hold yet: **The test 'adds' passes.**");
	expect_in(PERSON("carl") ".md", PITFALL "/line.c:1:");
	expect_in(PERSON("ann") ".json", "\"outcome\": \"passed\"");
	expect_in("grades/results.sarif", "\"version\":\"2.1.0\"");
	expect_in("grades/submissions/bob/gradescope.json", "\"score\": 30.0");
	expect_in("grades/submissions/dora/prairielearn.json", "\"gradable\": false");
	scratch_shell(
		&scratch,
		"! grep -rlF \"$PWD\" grades --include='*.json' --include='*.md' --include='*.csv' --include='*.xml'");
	scratch_shell(&scratch, "! test -e build/submissions");
}

/* Passes where it can read what another has handed in. */
static const char spies[] = "#include \"line.h\"\n"
			    "#include <fcntl.h>\n"
			    "int line_add(int more)\n"
			    "{\n"
			    "	static int sum;\n"
			    "	sum += more;\n"
			    "	return open(\"%s/class/ann/" PITFALL "/line.c\", O_RDONLY) < 0 ? 0 : sum;\n"
			    "}\n";

Test(grade, lets_nobody_read_what_others_hand_in)
{
	char spy[1024];

	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
	snprintf(spy, sizeof spy, spies, scratch.root);
	hand_in("ann", right);
	hand_in("ian", spy);
	/* Else the gate holds it up, and the sandbox is not tried. */
	scratch_write(&scratch, EXERCISE "/names", "open open64\n");
	struct outcome outcome = grade("", 1);
	expect(outcome.out, "1 passed, 1 failed, 0 tampered, 0 cannot be judged; 2 judged now\n");
	outcome_release(&outcome);
	scratch_shell(&scratch, "rm -r grades");
	outcome = grade("--no-sandbox", 0);
	expect(outcome.out, "2 passed");
	outcome_release(&outcome);
}

/* Neither is compiled: the first would pass if it were. */
Test(grade, stops_tricks_at_the_gate)
{
	char trick[512];

	snprintf(trick, sizeof trick, "#include \"../../../%s/line.c\"\n", "solutions/" PITFALL);
	hand_in("gil", trick);
	snprintf(trick, sizeof trick, "%s__attribute__((no_sanitize(\"thread\"))) void unwatched(void);\n", right);
	hand_in("hal", trick);
	struct outcome outcome = grade("--no-sandbox", 1);
	expect(outcome.out, "0 passed, 0 failed, 2 tampered, 0 cannot be judged; 2 judged now\n");
	outcome_release(&outcome);
	expect_in("grades/grades.csv",
		  "\"gil\",\"" PITFALL "\",tampered,,100,\"line 1: a file that is none of the exercise's");
	expect_in("grades/grades.csv", "\"hal\",\"" PITFALL "\",tampered,,100,\"line 7: an attribute that changes");
}

/* Somebody who pastes names is not punished for it. */
Test(grade, marks_what_is_suspicious)
{
	char source[512];

	snprintf(source, sizeof source, "#define PASTE(a, b) a##b\n%s", right);
	hand_in("ann", source);
	struct outcome outcome = grade("--no-sandbox", 0);
	expect(outcome.out,
	       "1 passed, 0 failed, 0 tampered, 0 cannot be judged; 1 judged now\n1 of them are suspicious");
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "passed,100,100,\"\",\"line 1: ");
}

/* The same grades as without it, and root is not needed for either. */
Test(grade, judges_in_a_sandbox)
{
	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
	hand_in("ann", right);
	hand_in("bob", wrong);
	hand_in("carl", "int line_add(\n");
	struct outcome outcome = grade("", 1);
	expect(outcome.out, "1 passed, 2 failed, 0 tampered, 0 cannot be judged; 3 judged now\n");
	expect(outcome.err, "The sandbox: in force: no network");
	outcome_release(&outcome);
	char *inside = scratch_read(&scratch, "grades/grades.csv");
	expect_in(PERSON("carl") ".md", PITFALL "/line.c:1:");
	scratch_shell(&scratch, "rm -r grades");
	outcome = grade("--no-sandbox", 1);
	char *outside = scratch_read(&scratch, "grades/grades.csv");
	cr_assert_str_eq(inside, outside);
	outcome_release(&outcome);
	free(inside);
	free(outside);
}

/* Once under each detector, though two of them are asked for four runs; beside it the right one has all of its own. */
Test(grade, runs_what_computes_without_end_once_under_each_detector)
{
	hand_in("ann", right);
	hand_in("bob",
		"#include \"line.h\"\nint line_add(int more)\n{\n	volatile int sum = more;\n	while (sum)\n"
		"		;\n	return sum;\n}\n");
	struct outcome outcome = grade("--no-sandbox --repeat 4 --timeout 5", 1);
	expect(outcome.out, "1 passed, 1 failed, 0 tampered, 0 cannot be judged; 2 judged now\n");
	outcome_release(&outcome);
	expect_in(PERSON("ann") ".json", "\"runs\": 4,");
	char *record = scratch_read(&scratch, PERSON("bob") ".json");
	expect(record, "it was still running after 5 s");
	cr_assert_null(strstr(record, "\"runs\": 4,"), "%s", record);
	free(record);
}

/* Half a million variables on one line: not the machine's fault, and said so. The others have their grades. */
Test(grade, names_the_limit_of_memory_that_a_compiler_has_come_to)
{
	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
	hand_in("ann", right);
	hand_in("bob", right);
	scratch_shell(&scratch,
		      "seq -f _%%.0f -s , 100000 599999 | sed 's/^/int /; s/$/;/' >>class/bob/" PITFALL "/line.c");
	struct outcome outcome = grade("", 3);
	expect(outcome.out, "1 passed, 0 failed, 0 tampered, 1 cannot be judged; 2 judged now\n");
	expect_in("grades/grades.csv",
		  "out of memory: a compiler took more than the 896 MiB that a sandbox gives it\",\"\"\r\n");
	outcome_release(&outcome);
}

/* The linker is called as the compiler said once; another library of the compiler's may have come since. */
Test(grade, links_where_the_compiler_would_call_the_linker_otherwise_now)
{
	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
	hand_in("ann", right);
	struct outcome outcome = grade("", 0);
	outcome_release(&outcome);
	scratch_shell(&scratch,
		      "rm -r grades && sed -i 's|[^ ]*/crtbeginS.o|\"/nowhere/crtbeginS.o|' "
		      "build/*/obj/harness/runtime/linker && grep -q nowhere build/plain/obj/harness/runtime/linker");
	outcome = grade("", 0);
	expect(outcome.out, "1 passed, 0 failed, 0 tampered, 0 cannot be judged; 1 judged now\n");
	outcome_release(&outcome);
	/* The next test has what was built of the kit. */
	scratch_shell(
		&scratch,
		"grep -q nowhere build/plain/obj/harness/runtime/linker && rm build/*/obj/harness/runtime/linker");
}

Test(grade, judges_nothing_twice)
{
	hand_in("ann", right);
	hand_in("bob", wrong);
	struct outcome outcome = grade("--no-sandbox", 1);
	expect(outcome.out, "2 judged now");
	outcome_release(&outcome);
	hand_in("bob", right);
	outcome = grade("--no-sandbox", 0);
	expect(outcome.out, "2 passed, 0 failed, 0 tampered, 0 cannot be judged; 1 judged now");
	outcome_release(&outcome);
	scratch_write(&scratch, EXERCISE "/rubric", "1 | test counts | It counts.\n");
	outcome = grade("--no-sandbox", 0);
	expect(outcome.out, "2 judged now");
	expect_in("grades/grades.csv", "\"bob\",\"" PITFALL "\",passed,1,1,\"\",\"\"\r\n");
	outcome_release(&outcome);
}

Test(grade, refuses_without_a_sandbox)
{
	hand_in("ann", right);
	scratch_tool(&scratch, "bwrap", "#!/bin/sh\nexit 1\n");
	struct outcome outcome = grade("", 3);
	expect(outcome.err, "--no-sandbox");
	scratch_shell(&scratch, "! test -e grades");
	outcome_release(&outcome);
}

/* As in a container that forbids user namespaces, once as a user and once as its root. */
Test(grade, says_what_forbids_a_sandbox)
{
	static const char *const users[][2] = {{"--uid 1000 --gid 1000", "lets no user make a sandbox"},
					       {"--uid 0 --gid 0", "may not become that user here"}};

	if (system("bwrap --unshare-user --disable-userns --bind / / true 2>/dev/null") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap that can forbid more of them, on this machine");
	hand_in("ann", right);
	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		scratch_shell(
			&scratch,
			"bwrap --unshare-user --disable-userns %s --bind / / --dev-bind /dev /dev env LOOSE_ROOT=\"$PWD\" "
			"../loose grade implicit --submissions class --out grades 2>said; [ $? -eq 3 ]",
			users[i][0]);
		expect_in("said", users[i][1]);
		expect_in("said", "--no-sandbox");
		scratch_shell(&scratch, "! test -e grades");
	}
}

Test(grade, says_what_is_wrong_with_what_it_is_given)
{
	struct outcome outcome = grade("--no-sandbox", 2);
	expect(outcome.err, "name the folder with the submissions");
	outcome_release(&outcome);
	scratch_shell(&scratch, "mkdir class");
	outcome = grade("--no-sandbox", 2);
	expect(outcome.err, "has no folder, .zip or .tar.gz of anybody");
	outcome_release(&outcome);
	hand_in("ann", right);
	scratch_write(&scratch, EXERCISE "/rubric", "1 | test counts | It counts.\n1 | test count | It counts.\n");
	outcome = grade("--no-sandbox", 2);
	expect(outcome.err, EXERCISE "/rubric:2: there is no test 'count'");
	outcome_release(&outcome);
	scratch_shell(&scratch, "rm " EXERCISE "/rubric");
	outcome = grade("implicit --no-sandbox", 2);
	expect(outcome.err, "is named twice");
	outcome_release(&outcome);
}

/* The others have their grades all the same. */
Test(grade, names_what_it_does_not_grade)
{
	hand_in("ann", right);
	scratch_shell(&scratch, "mkfifo class/pipe && touch \"$(printf 'class/bob\\nann passed.rar')\"");
	struct outcome outcome = grade("--no-sandbox", 2);
	expect(outcome.err,
	       "/class/bob\\nann passed.rar' is not graded: it is not a folder, a .zip or a .tar.gz; pack it as one, or take it away\n");
	expect(outcome.err, "/class/pipe' is not graded");
	expect(outcome.out, "1 passed, 0 failed, 0 tampered, 0 cannot be judged; 1 judged now\n");
	expect(outcome.out, "2 in all");
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "\"ann\",\"" PITFALL "\",passed,100,100,\"\",\"\"\r\n");
	scratch_shell(&scratch, "rm class/pipe class/*.rar");
	outcome = grade("--no-sandbox", 0);
	outcome_release(&outcome);
}

/* The last line of what is kept of the compiler, where the words come before make's own and CC is told. */
static void expect_killed(const char *before, const char *compiler, const char *expected)
{
	char command[2048], line[TOOL_LINE];

	snprintf(command, sizeof command,
		 "exec 9>build/lock && flock 9 && own=build/run/killed.$$ && mkdir -p $own && { make -s parts/" PITFALL
		 " && (%s make -s -o build/toolchain ANEW=yes CC='%s' OWN=$own EXERCISE=" PITFALL
		 " FILE='%s/long.c' $own/plain); "
		 "tail -n 1 $own/plain.log; rm -r $own; } 2>/dev/null",
		 before, compiler, scratch.root);
	cr_expect_eq(tool_last_line(command, line), 0);
	cr_expect_str_eq(line, expected);
}

/* A compiler in whose place a shell is: what a compiler takes long for, its next version may not. */
static void compiler_does(const char *what, char compiler[512])
{
	char script[512];

	snprintf(script, sizeof script, "#!/bin/sh\ncase \"$*\" in *' -E '*) exit 0;; esac\n%s\n", what);
	scratch_tool(&scratch, "compiler", script);
	snprintf(compiler, 512, "%s/bin/compiler", scratch.root);
}

/* Under a limit, the source is to blame; without one the machine. */
Test(grade, says_why_a_compiler_was_killed)
{
	char compiler[512];

	scratch_write(&scratch, "long.c", "");
	compiler_does("while :; do :; done", compiler);
	expect_killed("ulimit -t 6;", compiler,
		      "error: the compiler was killed, as it is here after 6 s of processor time\n");
	compiler_does("kill -XFSZ $$", compiler);
	expect_killed("ulimit -f 524288;", compiler,
		      "error: what the compiler makes of it is larger than the 256 MiB that a file may have here\n");
	compiler_does("kill -9 $$", compiler);
	expect_killed("", compiler, "the compiler or linker command failed due to signal\n");
}

/* Starts it, and kills it as soon as it has said that a submission is graded. */
static void grade_and_be_killed(void)
{
	char class[512], grades[512], byte, line[4096] = "";
	int said[2];
	size_t length = 0;

	snprintf(class, sizeof class, "%s/class", scratch.root);
	snprintf(grades, sizeof grades, "%s/grades", scratch.root);
	cr_assert_eq(pipe(said), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(said[1], STDERR_FILENO);
		close(said[0]);
		close(said[1]);
		setenv("LOOSE_ROOT", scratch.root, 1);
		execl("build/loose", "loose", "grade", "implicit", "--submissions", class, "--out", grades, "--repeat",
		      "1", "--no-sandbox", (char *)NULL);
		_exit(127);
	}
	close(said[1]);
	while (length < sizeof line - 1 && !strstr(line, "graded") && read(said[0], &byte, 1) == 1)
		line[length++] = byte;
	kill(child, SIGKILL);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	close(said[0]);
	cr_assert(strstr(line, "1 of 12 graded"), "%s", line);
}

/* More than one batch: at the first grade there is always something left. */
Test(grade, goes_on_after_a_kill, .timeout = 1200)
{
	char person[8], *undisturbed;
	unsigned now = 0;

	for (int i = 0; i < 12; i++) {
		snprintf(person, sizeof person, "p%02d", i);
		hand_in(person, i % 3 ? right : wrong);
	}
	grade_and_be_killed();
	struct outcome outcome = grade("--no-sandbox", 1);
	const char *count = strstr(outcome.out, "; ");
	cr_assert(count && sscanf(count, "; %u judged now", &now) == 1, "%s", outcome.out);
	cr_assert(now >= 1 && now < 12, "%u", now);
	expect(outcome.out, "8 passed, 4 failed, 0 tampered, 0 cannot be judged");
	outcome_release(&outcome);
	char *resumed = scratch_read(&scratch, "grades/grades.csv");
	scratch_shell(&scratch, "rm -r grades");
	outcome = grade("--no-sandbox", 1);
	undisturbed = scratch_read(&scratch, "grades/grades.csv");
	cr_assert_str_eq(resumed, undisturbed);
	outcome_release(&outcome);
	free(resumed);
	free(undisturbed);
}

/* Beside the file, as predict leaves it; what is not in its form counts for nothing. */
Test(grade, counts_predictions_where_the_rubric_says_so)
{
	static const char head[] = "loose-threads/prediction/1 " PITFALL "\nfires";
	char text[256];

	hand_in("ann", right);
	hand_in("bob", wrong);
	hand_in("carl", right);
	hand_in("dora", right);
	snprintf(text, sizeof text, "%s tsan helgrind drd memcheck budget\n", head);
	scratch_write(&scratch, "class/ann/" PITFALL "/prediction", text);
	scratch_write(&scratch, "class/carl/" PITFALL "/prediction", "fires tsan helgrind drd memcheck budget\n");
	snprintf(text, sizeof text, "%s tsan helgrind\n", head);
	scratch_write(&scratch, "class/bob/" PITFALL "/prediction", text);
	scratch_write(&scratch, EXERCISE "/rubric",
		      "10 | prediction | You have said who fires.\n90 | test adds | It adds.\n");
	struct outcome outcome = grade("--no-sandbox", 1);
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "\"ann\",\"" PITFALL "\",passed,100,100,");
	expect_in("grades/grades.csv", "\"bob\",\"" PITFALL "\",failed,4,100,");
	expect_in("grades/grades.csv", "\"carl\",\"" PITFALL "\",passed,90,100,");
	expect_in("grades/grades.csv", "\"dora\",\"" PITFALL "\",passed,90,100,");
	expect_in("grades/items.csv", "prediction,\"of the chapter's program\",3,4\r\n");
	expect_in(PERSON("bob") ".md", "This does not hold yet: **It adds.**");
	/* Another prediction is another grade. */
	snprintf(text, sizeof text, "%s tsan helgrind drd memcheck\n", head);
	scratch_write(&scratch, "class/ann/" PITFALL "/prediction", text);
	outcome = grade("--no-sandbox", 1);
	expect(outcome.out, "1 judged now");
	outcome_release(&outcome);
	expect_in("grades/grades.csv", "\"ann\",\"" PITFALL "\",passed,98,100,");
}
