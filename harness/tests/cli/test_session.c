/* A session as a whole: what is kept, what is left behind, what the outputs hold. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(session, .init = make, .fini = unmake, .timeout = 300);

static json_t *verify_all(const char *options)
{
	char arguments[512], file[512];

	snprintf(file, sizeof file, "%s/json", scratch.root);
	snprintf(arguments, sizeof arguments, "verify --chapters %s --json '%s'", options, file);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
	return json_load_file(file, 0, NULL);
}

static unsigned cached(const json_t *all)
{
	unsigned count = 0;
	size_t i;
	json_t *result;

	json_array_foreach(json_object_get(all, "results"), i, result)
		count += json_is_true(json_object_get(result, "cached"));
	return count;
}

Test(session, unchanged_programs_are_not_run_again)
{
	json_t *first = verify_all(""), *second = verify_all("");

	cr_assert_eq(cached(first), 0);
	cr_assert_eq(cached(second), json_array_size(json_object_get(second, "results")));
	/* A comment in one program: it alone is judged again. */
	scratch_replace(&scratch, BROKEN, "int main(void)", "/* main */\nint main(void)");
	json_t *third = verify_all("");
	cr_assert_eq(cached(third), json_array_size(json_object_get(third, "results")) / 2);
	json_t *fresh = verify_all("--fresh");
	cr_assert_eq(cached(fresh), 0);
	json_decref(first);
	json_decref(second);
	json_decref(third);
	json_decref(fresh);
}

/* The verdict is made anew from the declaration, also when the run is not. */
Test(session, a_changed_declaration_is_judged_without_a_run)
{
	int status;

	json_decref(verify_all(""));
	scratch_replace(&scratch, FIXED, "tsan      silent",
			"tsan      false-alarm data-race in evict because of nothing");
	json_t *result = scratch_verify(&scratch, "tsan", "fixed", &status);
	cr_assert_eq(status, 1);
	cr_assert(json_is_true(json_object_get(result, "cached")));
	cr_assert(json_is_false(json_object_get(result, "agrees")));
	json_decref(result);
}

Test(session, json_has_the_schema_and_the_sums)
{
	json_t *all = verify_all("--repeat 3 --detector tsan"), *summary = json_object_get(all, "summary"), *result;
	size_t i;

	cr_assert_str_eq(result_text(all, "schema"), "loose-threads/verify/1");
	cr_assert_eq(json_integer_value(json_object_get(summary, "checked")), 2);
	cr_assert_eq(json_integer_value(json_object_get(summary, "agree")), 2);
	json_array_foreach(json_object_get(all, "results"), i, result)
		cr_assert_eq(json_integer_value(json_object_get(result, "runs")), 3);
	json_decref(all);
}

Test(session, junit_is_written)
{
	char arguments[512];

	snprintf(arguments, sizeof arguments, "verify --chapters --detector tsan --junit '%s/junit.xml'", scratch.root);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	char *xml = scratch_read(&scratch, "junit.xml");
	cr_assert_eq(outcome.status, 0);
	cr_assert(strstr(xml, "<testsuite"));
	free(xml);
	outcome_release(&outcome);
}

static size_t file_lines(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t count = 0;
	int c;

	while (file && (c = fgetc(file)) != EOF)
		count += c == '\n';
	if (file)
		fclose(file);
	return count;
}

static bool exists(const char *pattern)
{
	char command[512];

	snprintf(command, sizeof command, "ls -d '%s'/%s >/dev/null 2>&1", scratch.root, pattern);
	return system(command) == 0;
}

/* A command that builds holds the lock: a make that finds it free says so. */
Test(session, builds_one_at_a_time)
{
	scratch_tool(&scratch, "make",
		     "#!/bin/sh\ntouch build/made\nflock --nonblock build/lock true && touch build/unlocked\n"
		     "PATH=${PATH#*:} exec make \"$@\"\n");
	json_decref(verify_all("--detector tsan"));
	cr_assert(exists("build/made"));
	cr_assert_not(exists("build/unlocked"));
	/* A program from elsewhere is built in another way. */
	struct outcome outcome = scratch_loose(&scratch, "check harness/selftest/clean.c");
	cr_assert_eq(outcome.status, 0, "%s", outcome.err);
	cr_assert_not(exists("build/unlocked"));
	outcome_release(&outcome);
}

/*
 * Interrupted once the cache holds something: the signal's status, no
 * process, no half-written file, and what was judged is not judged again.
 */
Test(session, ctrl_c_leaves_nothing_behind)
{
	char cache[512], json[512];
	struct timespec moment = {.tv_nsec = 20000000};
	int status;

	snprintf(cache, sizeof cache, "%s/build/cache", scratch.root);
	snprintf(json, sizeof json, "%s/out.json", scratch.root);
	/* What the doctor has found is in the cache before: the lines that come are verdicts. */
	struct outcome doctor = scratch_loose(&scratch, "doctor");
	outcome_release(&doctor);
	size_t enough = file_lines(cache) + 4 * 2; /* each stands between two line ends */
	pid_t child = fork();
	if (child == 0) {
		setenv("LOOSE_ROOT", scratch.root, 1);
		freopen("/dev/null", "w", stdout);
		freopen("/dev/null", "w", stderr);
		execl("build/loose", "loose", "verify", "--fresh", "--json", json, (char *)NULL);
		_exit(127);
	}
	while (file_lines(cache) < enough && waitpid(child, &status, WNOHANG) == 0)
		nanosleep(&moment, NULL);
	cr_assert_eq(kill(child, SIGINT), 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 130, "status %x", (unsigned)status);
	cr_assert_not(scratch_left_behind(&scratch));
	cr_assert_not(exists("build/run/*"));
	cr_assert_not(exists("out.json*"));
	struct outcome outcome = scratch_loose(&scratch, "verify --json /dev/stdout");
	json_t *all = json_loads(outcome.out, 0, NULL);
	cr_assert(cached(all) >= 4, "%u", cached(all));
	json_decref(all);
	outcome_release(&outcome);
}

Test(session, check_explains_a_program_from_elsewhere)
{
	char arguments[512];
	struct outcome outcome;

	scratch_write(&scratch, "my prog.c",
		      "#include <pthread.h>\nstatic int n;\nstatic void *add(void *p) { n++; return p; }\n"
		      "int main(int argc, char **argv)\n{\n\tpthread_t a, b;\n\tpthread_create(&a, NULL, add, NULL);\n"
		      "\tpthread_create(&b, NULL, add, NULL);\n\tpthread_join(a, NULL);\n\tpthread_join(b, NULL);\n"
		      "\treturn argc == 3 && argv[2][0] == '-' ? 0 : 1;\n}\n");
	snprintf(arguments, sizeof arguments, "check '%s/my prog.c' --json - -- one -two", scratch.root);
	outcome = scratch_loose(&scratch, arguments);
	json_t *all = json_loads(outcome.out, 0, NULL), *result = json_array_get(json_object_get(all, "results"), 0);
	cr_assert(result, "%s%s", outcome.out, outcome.err);
	cr_assert_eq(outcome.status, 1, "a finding is something to fix");
	cr_assert(json_is_null(json_object_get(result, "declared")));
	json_decref(all);
	outcome_release(&outcome);
}

/* Three threads, one of which nobody joins: what was counted, and what the bounds on the command line say of it. */
Test(session, check_holds_a_program_against_a_budget)
{
	static const struct {
		const char *bounds;
		int status;
		const char *kind;
	} budgets[] = {{"joined <= 2, started <= 3", 0, NULL},
		       {"joined == started", 1, "joined"},
		       {"started < 3", 1, "started"},
		       {"descriptors <= start", 0, NULL}};
	char arguments[512];

	scratch_write(
		&scratch, "three.c",
		"#include <pthread.h>\n#include <unistd.h>\nstatic void *work(void *p) { return p; }\n"
		"int main(void)\n{\n\tpthread_t t[3];\n\tfor (int i = 0; i < 3; i++)\n\t\tpthread_create(&t[i], NULL, "
		"work, NULL);\n\tfor (int i = 0; i < 2; i++)\n\t\tpthread_join(t[i], NULL);\n"
		"\tpthread_detach(t[2]);\n\treturn 0;\n}\n");
	for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++) {
		snprintf(arguments, sizeof arguments, "check '%s/three.c' --json - --budget '%s'", scratch.root,
			 budgets[i].bounds);
		struct outcome outcome = scratch_loose(&scratch, arguments);
		json_t *all = json_loads(outcome.out, 0, NULL),
		       *result = json_array_get(json_object_get(all, "results"), 4);
		json_t *figures = json_object_get(result, "budget");
		json_t *finding = json_array_get(json_object_get(result, "findings"), 0);

		cr_assert_str_eq(result_text(result, "detector"), "budget", "%s%s", outcome.out, outcome.err);
		cr_assert_eq(json_integer_value(json_object_get(figures, "threads_started")), 3);
		cr_assert_eq(json_integer_value(json_object_get(figures, "threads_joined")), 2);
		cr_assert_eq(outcome.status, budgets[i].status, "%s: status %d", budgets[i].bounds, outcome.status);
		if (budgets[i].kind)
			cr_assert_str_eq(json_string_value(json_object_get(finding, "kind")), budgets[i].kind);
		json_decref(all);
		outcome_release(&outcome);
	}
}

/* glibc hands the stacks of ended threads on, under a lock that Helgrind does not see. */
Test(session, check_is_silent_on_threads_that_start_threads)
{
	char arguments[512];

	scratch_write(
		&scratch, "many.c",
		"#include <pthread.h>\nstatic void *work(void *p) { return p; }\nstatic void *start(void *p)\n{\n"
		"\tpthread_t t[8];\n\tfor (int round = 0; round < 3; round++) {\n\t\tfor (int i = 0; i < 8; i++)\n"
		"\t\t\tpthread_create(&t[i], NULL, work, NULL);\n\t\tfor (int i = 0; i < 8; i++)\n"
		"\t\t\tpthread_join(t[i], NULL);\n\t}\n\treturn p;\n}\nint main(void)\n{\n\tpthread_t t[4];\n"
		"\tfor (int i = 0; i < 4; i++)\n\t\tpthread_create(&t[i], NULL, start, NULL);\n"
		"\tfor (int i = 0; i < 4; i++)\n\t\tpthread_join(t[i], NULL);\n\treturn 0;\n}\n");
	snprintf(arguments, sizeof arguments, "check '%s/many.c'", scratch.root);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

Test(session, check_judges_a_declared_program)
{
	char arguments[512];

	snprintf(arguments, sizeof arguments, "check '%s/" FIXED "'", scratch.root);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

/* An exercise's starter fails; the solution in its place passes. */
Test(session, check_judges_an_exercise)
{
	char arguments[512], command[1024];
	struct outcome outcome;

	snprintf(arguments, sizeof arguments, "check \"$(ls '%s'/exercises/" PITFALL "/*.c | grep -v test.c)\"",
		 scratch.root);
	outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 1, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
	snprintf(command, sizeof command, "cp '%s'/solutions/" PITFALL "/*.c '%s'/exercises/" PITFALL "/", scratch.root,
		 scratch.root);
	cr_assert_eq(system(command), 0);
	outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

/* Handed in under a name of its own, it is judged as the exercise is, and takes nothing from the workbook. */
Test(session, check_judges_what_lies_beside_an_exercise)
{
	char arguments[512], command[1024];
	struct outcome outcome;

	snprintf(command, sizeof command,
		 "cp '%s'/solutions/" PITFALL "/line.c '%s'/exercises/" PITFALL "/a-student.c && "
		 "sed -i '/^ [*] [a-z]/d' '%s'/exercises/" PITFALL "/a-student.c",
		 scratch.root, scratch.root, scratch.root);
	cr_assert_eq(system(command), 0);
	snprintf(arguments, sizeof arguments, "check --json='%s/seen' '%s'/exercises/" PITFALL "/a-student.c",
		 scratch.root, scratch.root);
	outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "test: passes, as it must be\ntsan: silent, as it must be\n"), "%s", outcome.out);
	outcome_release(&outcome);
	snprintf(command, sizeof command, "grep -q '\"program\": \"a-student\"' '%s/seen'", scratch.root);
	cr_assert_eq(system(command), 0, "the results are not the student's");
	outcome = scratch_loose(&scratch, "run " PITFALL " starter --answers --detector test");
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "test: fails, as declared"), "%s", outcome.out);
	outcome_release(&outcome);
	outcome = scratch_loose(&scratch, "list");
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	cr_assert_str_empty(outcome.err);
	outcome_release(&outcome);
}

Test(session, doctor_trusts_this_machine)
{
	struct outcome outcome = scratch_loose(&scratch, "doctor");

	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "tsan      can be trusted here"));
	cr_assert(strstr(outcome.out, "budget    can be trusted here"));
	outcome_release(&outcome);
}
