/*
 * `check --sandbox`: what a stranger's program tries against who judges it
 * (tests/sandbox) it does not get, though it gets it without; what is right and
 * what is wrong is so inside as outside; and compiling is no way out either.
 */
#define _GNU_SOURCE /* asprintf() */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

#define PROGRAMS "harness/tests/sandbox/"

static struct scratch scratch;

__attribute__((format(printf, 1, 2))) static char *formatted(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	cr_assert_geq(vasprintf(&text, format, args), 0);
	va_end(args);
	return text;
}

static struct outcome check(const char *arguments)
{
	char *all = formatted("check %s", arguments);
	struct outcome outcome = scratch_loose_in(&scratch, ".", "", all);

	free(all);
	return outcome;
}

static void make(void)
{
	scratch_make(&scratch);
	scratch_write(&scratch, "nothing.c", "int main(void)\n{\n\treturn 0;\n}\n");
}

/* Some machines forbid it, and say so. */
static void need_sandbox(void)
{
	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
}

static void unmake(void)
{
	cr_expect_not(scratch_left_behind(&scratch));
	scratch_remove(&scratch);
}

TestSuite(sandbox, .init = make, .fini = unmake, .timeout = 600);

/* What the program prints in the end, with and without a sandbox, under the quickest detector's eyes and all others'. */
static void expect_kept_in(const char *program, const char *arguments)
{
	char *inside = formatted("--sandbox --timeout 60 " PROGRAMS "%s -- %s", program, arguments);
	char *outside = formatted("--timeout 60 " PROGRAMS "%s -- %s", program, arguments);
	struct outcome in = check(inside), out = check(outside);

	cr_expect(strstr(in.out, "  kept in\n"), "%s", in.out);
	cr_expect_not(strstr(in.out, "got out"), "%s", in.out);
	cr_expect(strstr(out.out, "  got out\n"), "the trick does not work: %s %s", out.out, out.err);
	outcome_release(&out);
	outcome_release(&in);
	free(outside);
	free(inside);
}

Test(sandbox, nothing_of_others_is_read)
{
	need_sandbox();
	char *arguments =
		formatted("'%s/" PROGRAMS "reads.c' '%s/solutions/" PITFALL "/line.c' '%s/nothing.c' /etc/passwd "
			  "'%s/chapters/" PITFALL "/fixed.c'",
			  scratch.root, scratch.root, scratch.root, scratch.root);
	expect_kept_in("reads.c", arguments);
	free(arguments);
}

Test(sandbox, the_network_is_none)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof here;
	int server = socket(AF_INET, SOCK_STREAM, 0);
	char port[16];

	need_sandbox();
	cr_assert_eq(bind(server, (struct sockaddr *)&here, sizeof here), 0);
	cr_assert_eq(listen(server, 64), 0);
	cr_assert_eq(getsockname(server, (struct sockaddr *)&here, &length), 0);
	snprintf(port, sizeof port, "%d", ntohs(here.sin_port));
	expect_kept_in("connects.c", port);
	close(server);
}

Test(sandbox, nothing_is_written_outside)
{
	struct stat there;

	need_sandbox();
	char *arguments = formatted("'%s' '%s/build' '%s/exercises/" PITFALL "' / /dev /etc /usr", scratch.root,
				    scratch.root, scratch.root);
	char *inside = formatted("--sandbox --timeout 60 " PROGRAMS "writes.c -- %s", arguments);
	struct outcome outcome = check(inside);
	/* A workbook below /tmp lies in the sandbox's own /tmp, which may be written to and ends with it. */
	cr_expect(strncmp(scratch.root, "/tmp/", 5) == 0 || strstr(outcome.out, "  kept in\n"), "%s %s", outcome.out,
		  outcome.err);
	outcome_release(&outcome);
	free(inside);
	free(arguments);
	char *path = formatted("%s/written-by-a-stranger", scratch.root);
	cr_expect_neq(stat(path, &there), 0);
	/* One that gets there leaves it, or else nothing above has been tried. */
	char *plain = formatted("--timeout 60 " PROGRAMS "writes.c -- '%s'", scratch.root);
	outcome = check(plain);
	cr_expect(strstr(outcome.out, "  got out\n"), "%s", outcome.out);
	outcome_release(&outcome);
	cr_expect_eq(unlink(path), 0);
	free(plain);
	free(path);
}

Test(sandbox, the_disk_is_not_filled)
{
	need_sandbox();
	char *arguments = formatted("'%s'", scratch.root);
	expect_kept_in("fills.c", arguments);
	free(arguments);
}

/* The results of all detectors for a program that ends badly; *said is what came on stderr. The caller frees both. */
static json_t *results_inside(const char *arguments, char **said)
{
	struct outcome outcome = check(arguments);
	json_t *document = json_loads(outcome.out, 0, NULL);
	json_t *results = json_incref(json_object_get(document, "results"));

	cr_assert(document, "%s", outcome.err);
	cr_expect_neq(outcome.status, 0);
	cr_expect_geq(json_array_size(results), 5);
	*said = formatted("%s", outcome.err);
	json_decref(document);
	outcome_release(&outcome);
	return results;
}

/* Ended with the run, however many they are. unmake() looks for what is left. */
Test(sandbox, a_fork_bomb_is_no_verdict)
{
	need_sandbox();
	char *said;
	json_t *results = results_inside("--sandbox --timeout 5 --json - " PROGRAMS "forks.c", &said), *result;
	size_t i;

	json_array_foreach(results, i, result)
		cr_expect_neq(strcmp(result_text(result, "observed"), "silent"), 0, "%s is silent",
			      result_text(result, "detector"));
	json_decref(results);
	free(said);
}

/* By a control group, or by a look now and then; told in the same words, and as nothing else. */
Test(sandbox, many_small_processes_are_held_together)
{
	need_sandbox();
	char *said;
	json_t *results = results_inside("--sandbox --timeout 60 --json - " PROGRAMS "hungers.c", &said), *result;
	size_t i;

	cr_expect(strstr(said, "memory of 2048 MiB, held at once by a control group") ||
			  strstr(said, "\nmissing: a control group, since "),
		  "%s", said);
	json_array_foreach(results, i, result)
		cr_expect_str_eq(result_text(result, "why"),
				 "it took more than the 2048 MiB of memory that a sandbox gives it", "%s",
				 result_text(result, "detector"));
	json_decref(results);
	free(said);
	/* Neither a group nor a link to one. */
	scratch_shell(&scratch, "[ -z \"$(ls build/run)\" ]");
}

/* --- the same verdicts --- */

/* Of these detectors, or, where it is NULL, of all. */
static char *verdicts(const char *arguments, const char *detectors, int *status)
{
	struct outcome outcome = check(arguments);
	json_t *document = json_loads(outcome.out, 0, NULL), *result;
	char *all = formatted("%s", "");
	size_t i;

	cr_assert(document, "%s: %s", arguments, outcome.err);
	json_array_foreach(json_object_get(document, "results"), i, result) {
		json_t *findings = json_object_get(result, "findings"), *finding;
		if (detectors && !strstr(detectors, result_text(result, "detector")))
			continue;
		char *more =
			formatted("%s%s %s:", all, result_text(result, "detector"), result_text(result, "observed"));
		size_t j;
		json_array_foreach(findings, j, finding) {
			char *with = formatted("%s %s in %s", more, result_text(finding, "kind"),
					       result_text(finding, "function"));
			free(more);
			more = with;
		}
		free(all);
		all = formatted("%s\n", more);
		free(more);
	}
	*status = outcome.status;
	json_decref(document);
	outcome_release(&outcome);
	return all;
}

static void expect_same(const char *words, const char *detectors, int expected)
{
	char *in = formatted("--sandbox --json - %s", words), *out = formatted("--json - %s", words);
	int inside, outside;
	char *theirs = verdicts(in, detectors, &inside), *ours = verdicts(out, detectors, &outside);

	cr_expect_eq(outside, expected, "%s: %d, %s", words, outside, ours);
	cr_expect_eq(inside, expected, "%s: %d, %s", words, inside, theirs);
	cr_expect_str_eq(theirs, ours);
	cr_expect(strstr(ours, detectors ? "budget" : "tsan"), "%s", ours);
	free(ours);
	free(theirs);
	free(out);
	free(in);
}

Test(sandbox, a_program_is_judged_the_same)
{
	need_sandbox();
	scratch_write(&scratch, "race.c",
		      "#include <pthread.h>\n\nstatic long counter;\n\nstatic void *count(void *unused)\n{\n"
		      "\tcounter++;\n\treturn unused;\n}\n\nint main(void)\n{\n\tpthread_t thread;\n\n"
		      "\tpthread_create(&thread, NULL, count, NULL);\n\tcount(NULL);\n"
		      "\tpthread_join(thread, NULL);\n\treturn 0;\n}\n");
	expect_same("race.c", NULL, 1);
	expect_same("nothing.c", NULL, 0);
}

Test(sandbox, an_exercise_is_judged_the_same)
{
	need_sandbox();
	/* What the starter declares: whether its thread still uses what is free, and who sees that, is luck. */
	expect_same("implicit-contract", "test budget", 1);
	char *solution = scratch_read(&scratch, "solutions/" PITFALL "/line.c");
	scratch_write(&scratch, "work/" PITFALL "/line.c", solution);
	free(solution);
	expect_same("work/" PITFALL "/line.c", NULL, 0);
}

/* The gate of grade: what is made to deceive is not compiled, or not run, and what nobody knows has no verdict. */
Test(sandbox, an_exercise_goes_through_the_gate)
{
	static const struct {
		const char *source, *words;
		int status;
	} tricks[] = {
		{"#include \"line.h\"\n__attribute__((no_sanitize(\"thread\"))) void off(void);\n",
		 "is made to deceive, and was not judged: line 2: an attribute that changes how code is built or watched",
		 1},
		{"#include \"line.h\"\n#include <stdio.h>\nint off(void);\nint off(void)\n{\n\treturn getchar();\n}\n",
		 "has no verdict until you have looked at it: in what was compiled: a function that is on no list", 3},
	};

	need_sandbox();
	for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++) {
		scratch_shell(&scratch, "mkdir -p work/" PITFALL);
		scratch_write(&scratch, "work/" PITFALL "/line.c", tricks[i].source);
		struct outcome outcome = check("--sandbox work/" PITFALL "/line.c");
		cr_expect_eq(outcome.status, tricks[i].status, "%d: %s%s", outcome.status, outcome.out, outcome.err);
		cr_expect(strstr(outcome.err, tricks[i].words), "%s", outcome.err);
		outcome_release(&outcome);
	}
}

/* --- compiling --- */

/* Not compiled, with the file's words nowhere. */
static void expect_refused(const char *text, const char *hidden)
{
	scratch_write(&scratch, "hostile.c", text);
	struct outcome outcome = check("--sandbox hostile.c");

	cr_expect_eq(outcome.status, 2, "%d: %s", outcome.status, outcome.err);
	cr_expect(strstr(outcome.err, "hostile.c does not compile; "), "%s", outcome.err);
	cr_expect_not(strstr(outcome.err, hidden), "%s", outcome.err);
	cr_expect_not(strstr(outcome.out, hidden), "%s", outcome.out);
	outcome_release(&outcome);
}

Test(sandbox, the_compiler_sees_no_solution)
{
	static const char *const ways[] = {"#include \"%s\"\nint main(void)\n{\n\treturn 0;\n}\n",
					   "__asm__(\".incbin \\\"%s\\\"\");\nint main(void)\n{\n\treturn 0;\n}\n",
					   "__asm__(\".include \\\"%s\\\"\");\nint main(void)\n{\n\treturn 0;\n}\n"};

	need_sandbox();
	/* It is one line for the compiler to show. */
	scratch_write(&scratch, "solutions/" PITFALL "/line.c", "#error the answer is forty-two\n");
	char *path = formatted("%s/solutions/" PITFALL "/line.c", scratch.root);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		char text[1024];
		snprintf(text, sizeof text, i == 0 ? ways[0] : i == 1 ? ways[1] : ways[2], path);
		expect_refused(text, "forty-two");
	}
	free(path);
}

Test(sandbox, the_compiler_reads_nothing_without_an_end)
{
	need_sandbox();
	expect_refused("#include \"/dev/zero\"\n", "out of memory");
	expect_refused("#include \"/proc/self/pagemap\"\n", "out of memory");
	expect_refused("#include \"/dev/stdin\"\n", "out of memory");
}

/* The words are of what has happened, for what has no end and for what ends the preprocessor. */
Test(sandbox, the_preprocessor_is_told_apart_from_its_limits)
{
	static const struct {
		const char *script, *words;
	} sources[] = {
		{"echo '#include \"line.h\"'; yes '\\' | head -n 200000; echo 'int x;'",
		 "error: the preprocessor does not survive it (status 139); write it in fewer and plainer lines"},
		{"echo '#define A 0123456789abcdef'; for i in B,A C,B D,C E,D F,E G,F H,G; do "
		 "one=${i#?,}; echo \"#define ${i%,?} $one $one $one $one $one $one $one $one $one $one\"; done; echo 'H'",
		 "error: what the preprocessor leaves of it has no end"},
	};

	need_sandbox();
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		scratch_shell(&scratch, "mkdir -p work/" PITFALL);
		scratch_shell(&scratch, "{ %s; } >work/" PITFALL "/line.c", sources[i].script);
		struct outcome outcome = check("--sandbox work/" PITFALL "/line.c");
		cr_expect_eq(outcome.status, 2, "%d: %s%s", outcome.status, outcome.out, outcome.err);
		cr_expect(strstr(outcome.err, sources[i].words), "%s", outcome.err);
		outcome_release(&outcome);
	}
}

/* --- where there is none --- */

static void expect_none(const char *words)
{
	struct outcome outcome = check("--sandbox nothing.c");

	cr_expect_eq(outcome.status, 3, "%d", outcome.status);
	cr_expect(strstr(outcome.err, words), "%s", outcome.err);
	cr_expect_eq(strchr(outcome.err, '\n'), outcome.err + strlen(outcome.err) - 1, "one line: %s", outcome.err);
	cr_expect_str_empty(outcome.out);
	outcome_release(&outcome);
}

Test(sandbox, without_bubblewrap_it_says_so)
{
	snprintf(scratch.path, sizeof scratch.path, "/nowhere");
	expect_none("there is no sandbox without bubblewrap; install the package 'bubblewrap'");
}

Test(sandbox, where_namespaces_are_forbidden_it_says_so)
{
	scratch_tool(&scratch, "bwrap",
		     "#!/bin/sh\n[ \"$1\" != --version ] || exec echo bubblewrap\n"
		     "echo 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
	expect_none("this machine lets no user make a sandbox");
}
