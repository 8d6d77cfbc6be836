/*
 * Mutants, from the right program to the last line: of an exercise so small that
 * all is judged in seconds.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

#define SOLUTIONS "solutions/" PITFALL
#define EXERCISE "exercises/" PITFALL

static struct scratch scratch;

static const char solution[] = "/*\n"
			       " * Counts.\n"
			       " *\n"
			       " * Promise   counts what is more than nothing.\n"
			       " * test      passes\n"
			       " * tsan      silent\n"
			       " * helgrind  silent\n"
			       " * drd       silent\n"
			       " * memcheck  silent\n"
			       " * budget    silent when joined == started\n"
			       " */\n"
			       "#include \"line.h\"\n"
			       "\n"
			       "static int sum;\n"
			       "int line_add(int more)\n"
			       "{\n"
			       "	if (more > 0)\n"
			       "		sum++;\n"
			       "	if (more < -1000)\n"
			       "		sum += 0;\n"
			       "	return sum;\n"
			       "}\n";

static const char tests[] = "#include <criterion/criterion.h>\n"
			    "#include \"line.h\"\n"
			    "Test(line, counts)\n"
			    "{\n"
			    "	cr_assert_eq(line_add(1), 1);\n"
			    "	cr_assert_eq(line_add(0), 1);\n"
			    "}\n";

static void make(void)
{
	char others[512];

	scratch_make(&scratch);
	/* One right program is enough, and it has no list. */
	snprintf(others, sizeof others, "cd '%s/" SOLUTIONS "' && rm -r also-right equivalent.txt", scratch.root);
	cr_assert_eq(system(others), 0);
	scratch_write(&scratch, SOLUTIONS "/line.c", solution);
	scratch_write(&scratch, EXERCISE "/line.h", "int line_add(int more);\n");
	scratch_write(&scratch, EXERCISE "/test.c", tests);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(mutants, .init = make, .fini = unmake, .timeout = 300);

static struct outcome verify(const char *options, int status)
{
	char arguments[256];

	snprintf(arguments, sizeof arguments, "verify --mutants implicit %s", options);
	return scratch_expect(&scratch, status, arguments);
}

static void expect(const struct outcome *outcome, const char *words)
{
	cr_assert(strstr(outcome->out, words) || strstr(outcome->err, words), "%s%s", outcome->out, outcome->err);
}

#define LAST "line | no count | line_add | sum += 0; | nothing is added\n"
#define BOUNDARY "line | boundary | line_add | if (more < -1000) | nothing is added there\n"

/* Nobody can refuse the two that change nothing; one is listed, and then both. */
Test(mutants, are_refused_or_listed)
{
	scratch_write(&scratch, SOLUTIONS "/equivalent.txt", LAST);
	struct outcome outcome = verify("", 1);
	expect(&outcome, "survived  " SOLUTIONS "/line.c:19: boundary in line_add");
	expect(&outcome, "if (more < -1000)");
	cr_assert_null(strstr(outcome.out, "no count in"), "%s", outcome.out);
	expect(&outcome, "\n2 of 3 refused, 66.7 %\n");
	outcome_release(&outcome);

	scratch_write(&scratch, SOLUTIONS "/equivalent.txt", "# a comment\n" LAST BOUNDARY);
	outcome = verify("", 0);
	expect(&outcome, "\n2 of 2 refused, 100.0 %\n");
	outcome_release(&outcome);
}

/* A list that is not about these mutants is wrong, and so is one that excuses what is refused. */
Test(mutants, keep_their_list_true)
{
	scratch_write(&scratch, SOLUTIONS "/equivalent.txt",
		      LAST BOUNDARY "line | no count | line_add | sum++; | wrong\nline | no join | f | x | gone\n");
	struct outcome outcome = verify("", 2);
	expect(&outcome, SOLUTIONS "/equivalent.txt:3: this mutant is refused; take the line away");
	expect(&outcome, SOLUTIONS "/equivalent.txt:4: there is no such mutant");
	outcome_release(&outcome);
}

/* A warning is not a reason to refuse; what is not C is counted apart. */
Test(mutants, that_do_not_compile_are_counted_apart)
{
	scratch_replace(&scratch, SOLUTIONS "/line.c", "more < -1000", "0 > sizeof more");
	scratch_replace(&scratch, SOLUTIONS "/line.c", "sum += 0;", "{ _Static_assert(1 >= sizeof(char), \"\"); }");
	struct outcome outcome = verify("--json=-", 1);
	expect(&outcome, "\n2 of 3 refused, 66.7 %\n");
	expect(&outcome, "\"does_not_compile\": 1");
	expect(&outcome, "\"by_operator\": {");
	expect(&outcome, "\"boundary\": {");
	expect(&outcome, "\"by_exercise\": {");
	outcome_release(&outcome);
}

/* Somebody changes a part of the workbook meanwhile: that the mutants cannot be built then says nothing of them. */
Test(mutants, that_could_not_be_built_are_not_judged)
{
	static const char *const broken[] = {"int line_add(int more) = 1;\n", "#include \"gone.h\"\n"};

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		scratch_write(&scratch, EXERCISE "/line.h", broken[i]);
		struct outcome outcome = verify("", 3);
		expect(&outcome, "cannot be judged  " SOLUTIONS "/line.c:18: no count in line_add");
		expect(&outcome, "\n0 of 0 refused");
		outcome_release(&outcome);
	}
}

Test(mutants, go_with_their_own_options)
{
	struct outcome outcome = verify("--junit x.xml", 2);

	expect(&outcome, "--mutants goes with");
	outcome_release(&outcome);
}
