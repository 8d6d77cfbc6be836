/* The diffs of sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "docs/docs.h"

static void diff_is(const char *before, const char *after, const char *expected)
{
	char *diff = docs_diff(before, after);

	cr_assert_str_eq(diff, expected);
	free(diff);
}

Test(diff, of_the_same_is_empty)
{
	diff_is("", "", "");
	diff_is("a\nb\n", "a\nb\n", "");
}

Test(diff, shows_what_came_and_went)
{
	diff_is("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n");
	diff_is("a\n", "", "@@ -1 +0,0 @@\n-a\n");
	diff_is("1\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n", "@@ -2,4 +2,4 @@\n 2\n 3\n 4\n-5\n+five\n");
	diff_is("1\n2\n", "1\n1.1\n1.2\n2\n", "@@ -1,2 +1,4 @@\n 1\n+1.1\n+1.2\n 2\n");
	diff_is("a\nb\nc\n", "x\ny\nc\n", "@@ -1,3 +1,3 @@\n-a\n-b\n+x\n+y\n c\n");
}

Test(diff, joins_hunks_that_touch)
{
	diff_is("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
		"@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
	diff_is("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		"@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@ a\n 5\n 6\n 7\n-b\n+B\n");
}

Test(diff, names_the_function_that_it_does_not_show)
{
	diff_is("int f(void)\n{\n\t1\n\t2\n\t3\n\t4\n}\n", "int f(void)\n{\n\t1\n\t2\n\t3\n\tfour\n}\n",
		"@@ -3,5 +3,5 @@ int f(void)\n \t1\n \t2\n \t3\n-\t4\n+\tfour\n }\n");
}

Test(diff, takes_no_label_for_a_function)
{
	diff_is("out:\n\t1\n\t2\n\t3\n\t4\n", "out:\n\t1\n\t2\n\t3\n", "@@ -2,4 +2,3 @@\n \t1\n \t2\n \t3\n-\t4\n");
}

Test(diff, shows_a_new_function_whole)
{
	diff_is("int a(void)\n{\n}\n\nint c(void)\n{\n}\n",
		"int a(void)\n{\n}\n\nint b(void)\n{\n}\n\nint c(void)\n{\n}\n",
		"@@ -2,6 +2,10 @@ int a(void)\n {\n }\n \n+int b(void)\n+{\n+}\n+\n int c(void)\n {\n }\n");
}

/* The nth line (from 0) of a text, without its end. */
static const char *line_at(const char *text, size_t n)
{
	while (n--)
		text = strchr(text, '\n') + 1;
	return text;
}

static void copy_line(FILE *out, const char *line)
{
	fprintf(out, "%.*s\n", (int)strcspn(line, "\n"), line);
}

/* What patch(1) does, trusting the line numbers only. */
static char *patched(const char *before, const char *diff)
{
	char *text = NULL;
	size_t size, at = 0, start, lines = 0;
	FILE *out = open_memstream(&text, &size);

	for (const char *byte = before; *byte; byte++)
		lines += *byte == '\n';
	for (; *diff; diff = strchr(diff, '\n') + 1) {
		if (*diff == '@') {
			size_t count = 1;
			int fields = sscanf(diff, "@@ -%zu,%zu", &start, &count);
			start -= fields < 2 || count > 0;
			while (at < start)
				copy_line(out, line_at(before, at++));
		} else if (*diff == '+') {
			copy_line(out, diff + 1);
		} else {
			const char *line = line_at(before, at++);
			size_t length = strcspn(line, "\n") + 1;
			cr_assert_eq(strncmp(line, diff + 1, length), 0, "the hunk does not fit");
			if (*diff == ' ')
				copy_line(out, line);
		}
	}
	while (at < lines)
		copy_line(out, line_at(before, at++));
	fclose(out);
	return text;
}

/* Lines of few kinds, so that many are alike. */
static char *random_text(void)
{
	static const char *const lines[] = {"\n", "{\n", "}\n", "int f(void)\n", "\tg();\n", "\th();\n"};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (int i = rand() % 40; i > 0; i--)
		fputs(lines[rand() % 6], out);
	fclose(out);
	return text;
}

Test(diff, turns_the_one_into_the_other)
{
	srand(1);
	for (int i = 0; i < 2000; i++) {
		char *before = random_text(), *after = random_text(), *diff = docs_diff(before, after);
		char *result = patched(before, diff);
		cr_assert_str_eq(result, after, "before:\n%s\ndiff:\n%s", before, diff);
		free(result);
		free(diff);
		free(after);
		free(before);
	}
}
