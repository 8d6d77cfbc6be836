/*
 * Verdicts cannot be fooled by accidents: each of these is an error or a
 * disagreement, never `silent` or `fires` as declared.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

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

TestSuite(accidents, .init = make, .fini = unmake, .timeout = 300);

/* The result of `program` under `detector` must be `observed`, and not agree; the exit status must say so. */
static void expect(const char *detector, const char *program, const char *observed)
{
	int status;
	json_t *result = scratch_verify(&scratch, detector, program, &status);

	cr_assert(result);
	cr_assert_str_eq(result_text(result, "observed"), observed);
	cr_assert(json_is_false(json_object_get(result, "agrees")));
	cr_assert_eq(status, 1, "status %d", status);
	json_decref(result);
}

static void at_start_of_main(const char *path, const char *statement)
{
	char text[512];

	snprintf(text, sizeof text,
		 "#include <stdio.h>\n#include <unistd.h>\n#include <signal.h>\nint main(void)\n{\n\t%s\n", statement);
	scratch_replace(&scratch, path, "int main(void)\n{\n", text);
}

static void at_end_of_main(const char *path, const char *statement)
{
	char text[512];

	snprintf(text, sizeof text, "#include <unistd.h>\nint main(void)\n{\n\tatexit(at_end);\n");
	scratch_replace(&scratch, path, "int main(void)\n{\n", text);
	snprintf(
		text, sizeof text,
		"#include <stdio.h>\n#include <unistd.h>\nstatic void at_end(void)\n{\n\tfflush(stdout);\n\t%s\n}\n\nint main",
		statement);
	scratch_replace(&scratch, path, "#include <unistd.h>\nint main", text);
}

Test(accidents, nothing_is_wrong_at_first)
{
	int status;
	json_t *result = scratch_verify(&scratch, "tsan", "broken", &status);

	cr_assert_eq(status, 0);
	cr_assert_str_eq(result_text(result, "observed"), "fires");
	json_decref(result);
}

/* The header of one with the body of the other. */
Test(accidents, broken_and_fixed_swapped)
{
	char *broken = scratch_read(&scratch, BROKEN), *fixed = scratch_read(&scratch, FIXED);
	char *broken_body = strstr(broken, "*/"), *fixed_body = strstr(fixed, "*/");
	char text[16384];

	snprintf(text, sizeof text, "%.*s%s", (int)(broken_body - broken), broken, fixed_body);
	scratch_write(&scratch, BROKEN, text);
	snprintf(text, sizeof text, "%.*s%s", (int)(fixed_body - fixed), fixed, broken_body);
	scratch_write(&scratch, FIXED, text);
	expect("tsan", "broken", "error");
	expect("tsan", "fixed", "error");
	expect("helgrind", "fixed", "error");
	free(broken);
	free(fixed);
}

Test(accidents, a_bug_put_back_into_the_fixed_program)
{
	scratch_replace(&scratch, FIXED, "	CHECK(pthread_join(cache->evictor, NULL));\n",
			"	CHECK(pthread_detach(cache->evictor));\n");
	scratch_replace(&scratch, FIXED, "	stop_destroy(&cache->stop);\n", "");
	scratch_replace(&scratch, FIXED, "	CHECK(pthread_mutex_destroy(&cache->lock));\n", "");
	expect("tsan", "fixed", "fires");
	expect("helgrind", "fixed", "fires");
	expect("budget", "fixed", "fires");
}

Test(accidents, exits_early)
{
	at_start_of_main(FIXED, "exit(0);");
	expect("tsan", "fixed", "error");
	expect("memcheck", "fixed", "error");
	expect("budget", "fixed", "error");
}

Test(accidents, leaves_without_the_runtime)
{
	at_start_of_main(BROKEN, "_exit(1);");
	expect("tsan", "broken", "error");
}

Test(accidents, prints_its_last_line_and_leaves)
{
	at_end_of_main(FIXED, "_exit(3);");
	expect("tsan", "fixed", "error");
	expect("helgrind", "fixed", "error");
}

Test(accidents, crashes)
{
	at_end_of_main(FIXED, "raise(SIGSEGV);");
	scratch_replace(&scratch, FIXED, "#include <pthread.h>", "#include <pthread.h>\n#include <signal.h>");
	expect("tsan", "fixed", "error");
	expect("helgrind", "fixed", "error");
	expect("memcheck", "fixed", "error");
	expect("budget", "fixed", "error");
}

Test(accidents, aborts_after_the_report)
{
	at_end_of_main(BROKEN, "abort();");
	expect("tsan", "broken", "error");
	expect("drd", "broken", "error");
	expect("budget", "broken", "error");
}

/* What comes then runs without the monitor. */
Test(accidents, replaces_itself)
{
	at_start_of_main(FIXED, "char *again[] = {\"again\", NULL}; if (getenv(\"LD_PRELOAD\")) "
				"execve(\"/proc/self/exe\", again, again + 1);");
	expect("budget", "fixed", "error");
}

Test(accidents, hangs)
{
	at_start_of_main(FIXED, "pause();");
	scratch.timeout = 5;
	expect("tsan", "fixed", "error");
	expect("drd", "fixed", "error");
	expect("budget", "fixed", "error");
}

Test(accidents, returns_66)
{
	at_start_of_main(BROKEN, "return 66;");
	at_start_of_main(FIXED, "return 66;");
	expect("tsan", "broken", "error");
	expect("tsan", "fixed", "error");
}

Test(accidents, returns_99)
{
	at_end_of_main(BROKEN, "_exit(99);");
	expect("helgrind", "broken", "error");
	expect("tsan", "broken", "error");
}

Test(accidents, prints_a_fake_report)
{
	at_start_of_main(FIXED, "fputs(\"WARNING: ThreadSanitizer: data race (pid=1)\\n\"\n"
				"\"==1== Possible data race during write of size 4\\n\", stderr);");
	expect("tsan", "fixed", "error");
	expect("helgrind", "fixed", "error");
}

Test(accidents, floods_its_output)
{
	at_start_of_main(FIXED, "for (;;) puts(\"all is well\");");
	expect("tsan", "fixed", "error");
	expect("memcheck", "fixed", "error");
}

/* --- detectors --- */

/* A tool that cannot be trusted ends the session before anything is judged. */
static void expect_refusal(const char *detector, const char *words)
{
	char arguments[128];

	snprintf(arguments, sizeof arguments, "verify --chapters --detector %s", detector);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	cr_assert_eq(outcome.status, 3, "status %d", outcome.status);
	cr_assert(strstr(outcome.err, words), "%s", outcome.err);
	outcome_release(&outcome);
}

Test(accidents, detector_missing_from_path)
{
	/* All that make needs, and no valgrind. */
	struct outcome outcome;
	char command[1024];

	snprintf(
		command, sizeof command,
		"cd '%s/bin' && for t in sh make clang ar mkdir rm cat cmp mv ld find; do ln -s \"$(command -v $t)\" .; done",
		scratch.root);
	cr_assert_eq(system(command), 0);
	snprintf(scratch.path, sizeof scratch.path, "%s/bin", scratch.root);
	outcome = scratch_loose(&scratch, "verify --chapters --detector helgrind");
	cr_assert_eq(outcome.status, 3, "status %d", outcome.status);
	cr_assert(strstr(outcome.err, "install the package 'valgrind'"), "%s", outcome.err);
	outcome_release(&outcome);
}

Test(accidents, detector_fails_to_start)
{
	scratch_tool(&scratch, "valgrind",
		     "#!/bin/sh\ncase $1 in --version) echo valgrind-3.19.0;; *) exit 1;; esac\n");
	expect_refusal("helgrind", "cannot be trusted");
}

/* The loader goes on without it. */
Test(accidents, monitor_that_cannot_be_loaded)
{
	char path[512];

	snprintf(path, sizeof path, "%s/build/monitor.so", scratch.root);
	cr_assert_eq(remove(path), 0);
	scratch_write(&scratch, "build/monitor.so", "no library\n");
	expect_refusal("budget", "cannot be trusted");
}

Test(accidents, detector_says_nothing_and_succeeds)
{
	scratch_tool(&scratch, "valgrind",
		     "#!/bin/sh\ncase $1 in --version) echo valgrind-3.19.0; exit;; esac\n"
		     "while [ \"${1#-}\" != \"$1\" ]; do shift; done\nexec \"$@\"\n");
	expect_refusal("memcheck", "cannot be trusted");
}

/* The real tool, whose report is then cut short. */
Test(accidents, report_cut_short)
{
	char script[1024], real[512];
	FILE *which = popen("command -v valgrind", "r");

	cr_assert(which && fscanf(which, "%511s", real) == 1);
	pclose(which);
	/* In pieces, as the tool itself sends it. */
	snprintf(script, sizeof script,
		 "#!/bin/bash\n[ \"$1\" = --version ] && exec %s --version\nf=$(mktemp)\n"
		 "%s \"${@/#--xml-fd=*/--xml-file=$f}\" 3>&-; s=$?\nhead -c -40 \"$f\" | dd bs=1024 status=none >&3\n"
		 "rm \"$f\"; exit $s\n",
		 real, real);
	scratch_tool(&scratch, "valgrind", script);
	expect_refusal("helgrind", "cannot be trusted");
}

Test(accidents, detector_dies_half_way)
{
	char script[512], real[256];
	FILE *which = popen("command -v valgrind", "r");

	cr_assert(which && fscanf(which, "%255s", real) == 1);
	pclose(which);
	snprintf(
		script, sizeof script,
		"#!/bin/bash\n[ \"$1\" = --version ] && exec %s --version\n%s \"$@\" & sleep 0.2; kill -9 $!; wait $!\n",
		real, real);
	scratch_tool(&scratch, "valgrind", script);
	expect_refusal("drd", "cannot be trusted");
}
