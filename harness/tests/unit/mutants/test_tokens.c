/* C as far as a mutant needs it: what is a word, what is none, and where statements end. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "mutants/tokens.h"

static const char source[] = "#include <a.h> /* { */ \\\n"
			     "	more {\n"
			     "/* while ( */\n"
			     "static struct { int lock; } all = {'{', \"}\\\" while\"};\n"
			     "\n"
			     "struct one *make(struct one *(*how)(void), int n)\n"
			     "{\n"
			     "	// if (\n"
			     "	for (int i = 0; i < n; i++)\n"
			     "		if (i >>= 1)\n"
			     "			go(i, f(a, b), (c, d));\n"
			     "		else\n"
			     "			stop();\n"
			     "	do {\n"
			     "		x += 1.5e-3;\n"
			     "	} while (x);\n"
			     "	switch (n) {\n"
			     "	case 1:\n"
			     "		y();\n"
			     "	}\n"
			     "	return how();\n"
			     "}\n"
			     "int after(void);\n"
			     "int last(void)\n"
			     "{\n"
			     "	return 0;\n"
			     "}\n";

static struct tokens tokens;

static void read_it(void)
{
	tokens_read(&tokens, source);
}

static void release(void)
{
	tokens_release(&tokens);
}

TestSuite(tokens, .init = read_it, .fini = release);

static size_t find(const char *word)
{
	for (size_t i = 0; i < tokens.count; i++)
		if (token_is(&tokens, i, word))
			return i;
	cr_assert(0, "there is no token '%s'", word);
	return 0;
}

static void expect_text(size_t first, size_t last, const char *text)
{
	char *found = tokens_text(&tokens, first, last);

	cr_assert_str_eq(found, text);
	free(found);
}

Test(tokens, leave_out_comments_texts_and_the_preprocessor)
{
	size_t loops = 0;

	for (size_t i = 0; i < tokens.count; i++)
		loops += token_is(&tokens, i, "while");
	cr_assert_eq(loops, 1);
	cr_assert(token_is(&tokens, 0, "static"));
	find(">>=");
	find("1.5e-3");
}

Test(tokens, know_functions)
{
	cr_assert_eq(tokens.function_count, 2);
	cr_assert_str_eq(tokens.functions[0].name, "make");
	cr_assert_str_eq(tokens.functions[1].name, "last");
	expect_text(tokens.functions[0].first, tokens.functions[0].first + 2, "struct one *");
	cr_assert_null(tokens_function(&tokens, find("all")));
	cr_assert_null(tokens_function(&tokens, find("after")));
	cr_assert_str_eq(tokens_function(&tokens, find("go"))->name, "make");
}

Test(tokens, know_statements)
{
	const struct statement *go = tokens_statement(&tokens, find("go"));
	const struct statement *loop = tokens_statement(&tokens, find("for"));

	expect_text(go->first, go->last, "go(i, f(a, b), (c, d));");
	cr_assert(go->simple && !go->in_block);
	cr_assert(loop->in_block && !loop->simple);
	cr_assert(token_is(&tokens, loop->last - 2, "("), "the loop ends with its else");
	const struct statement *next = tokens_next(&tokens, loop);
	cr_assert(next && token_is(&tokens, next->first, "do"));
	expect_text(next->last - 4, next->last, "while (x);");
	expect_text(tokens_statement(&tokens, find("y"))->first, find("y") + 3, "y();");
	next = tokens_next(&tokens, tokens_next(&tokens, next));
	cr_assert(next && token_is(&tokens, next->first, "return"));
	cr_assert_null(tokens_next(&tokens, next));
	cr_assert_null(tokens_next(&tokens, go));
}

Test(tokens, know_arguments)
{
	static const char *const arguments[] = {"i", "f(a, b)", "(c, d)"};
	size_t open = find("go") + 1, first, last;

	for (size_t i = 0; i < 3; i++) {
		cr_assert(tokens_argument(&tokens, open, i, &first, &last));
		expect_text(first, last, arguments[i]);
	}
	cr_assert_not(tokens_argument(&tokens, open, 3, &first, &last));
	cr_assert_not(tokens_argument(&tokens, find("stop") + 1, 0, &first, &last));
}

/* What is cut short or no C at all is read to its end. */
Test(tokens, survive_anything)
{
	static const char *const odd[] = {"",		"/*",	    "\"",  "int f(void) {", "int f(void) { if (",
					  "} ) ]",	"{)",	    "#",   "f() { g(",	    "do {",
					  "f(){do x;}", "f(){case", "'\\", "#x\\"};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct tokens other;
		tokens_read(&other, odd[i]);
		tokens_release(&other);
	}
}
