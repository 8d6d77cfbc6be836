/* The list of mutants that nobody can refuse. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "mutants/equivalent.h"

static struct mutant made(const char *change, unsigned nth, const char *function, const char *line_text)
{
	return (struct mutant){
		.change = change, .function = (char *)function, .line_text = (char *)line_text, .nth = nth};
}

Test(equivalent, is_found_by_content)
{
	static const char text[] =
		"# program | operator[#n] | function | line | reason\n"
		"\n"
		"toll | no count | f | n++; | nobody reads it\n"
		"also-right/queue | boundary#2 | g | if (a < (b | c) || d) { | both are the same there\n";
	struct mutant first = made("no count", 1, "f", "n++;"),
		      second = made("boundary", 2, "g", "if (a < (b | c) || d) {");
	struct mutant other = made("boundary", 1, "g", "if (a < (b | c) || d) {");
	struct equivalents all;

	cr_assert_null(equivalents_read(&all, "list", text));
	cr_assert_eq(all.count, 2);
	const struct equivalent *found = equivalents_find(&all, "toll", &first);
	cr_assert(found);
	cr_assert_str_eq(found->reason, "nobody reads it");
	cr_assert_eq(found->line, 3);
	cr_assert_eq(equivalents_find(&all, "also-right/queue", &second), &all.items[1]);
	cr_assert_null(equivalents_find(&all, "also-right/queue", &other));
	cr_assert_null(equivalents_find(&all, "toll", &second));
	equivalents_release(&all);
}

Test(equivalent, must_be_whole)
{
	static const struct {
		const char *text, *problem;
	} cases[] = {
		{"toll | no count | f | n++;\n",
		 "list:1: this line is not 'program | operator | function | line | reason'"},
		{"\ntoll\n", "list:2: this line is not 'program | operator | function | line | reason'"},
		{"a | no count | f | n++; | ",
		 "list:1: this line is not 'program | operator | function | line | reason'"},
		{"a | no coat | f | n++; | b\n",
		 "list:1: this line names no operator; harness/mutants/operators.c lists them"},
		{"a | no count#0 | f | n++; | b\n",
		 "list:1: this line names no operator; harness/mutants/operators.c lists them"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct equivalents all;
		char *problem = equivalents_read(&all, "list", cases[i].text);
		cr_assert(problem, "%s", cases[i].text);
		cr_assert_str_eq(problem, cases[i].problem);
		cr_assert_eq(all.count, 0);
		free(problem);
	}
}
