/* The generated passages of the book. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "docs/docs.h"
#include "tests/unit/made_results.h"

/* --- excerpts --- */

static const char source[] =
	"/*\n * An essay on evict() and struct cache { that nobody reads.\n */\n"
	"#include <stdio.h>\n"
	"\n"
	"/* How old. */\n"
	"#define MAX_AGE \\\n\t60\n"
	"#define MAX_AGE_OF_ALL 90\n"
	"enum { ENTRIES = 8, /* of each */ ROUNDS };\n"
	"enum colour { RED, BLUE };\n"
	"\n"
	"struct cache;\n"
	"static void evict(struct cache *cache);\n"
	"\n"
	"// not this one\n"
	"\n"
	"// The cache,\n"
	"// whole.\n"
	"struct cache {\n\tstruct {\n\t\tint age;\n\t} entries[ENTRIES];\n\tint ready; /* } */\n};\n"
	"\n"
	"static struct {\n\tint freed;\n} seen = {.freed = 1}, unseen;\n"
	"static int counter; /* of rounds */\n"
	"static const char *const names[] = {\"a;{\", \"b\\\"}\"};\n"
	"static struct cache whole = (struct cache){.ready = '}'};\n"
	"typedef struct {\n\tint x;\n} point;\n"
	"\n"
	"/* Drops the stale. */\n"
	"static void evict(struct cache *cache)\n{\n\tif (cache->ready) {\n\t\tputs(\"}\");\n\t}\n}\n"
	"static struct cache *cache_new(void) { return NULL; } /* short */\n"
	"__attribute__((noinline)) static int\nsplit(int a,\n      int b)\n{\n\treturn a + b;\n}\n"
	"Test(cache, stops, .timeout = 60)\n{\n\tevict(NULL);\n}\n"
	"int last(void)\n{\n\treturn 0;\n}";

static void excerpt_is(const char *name, const char *expected)
{
	char *excerpt = docs_excerpt(source, name);

	cr_assert_not_null(excerpt, "%s is not found", name);
	cr_assert_str_eq(excerpt, expected);
	free(excerpt);
}

Test(excerpt, is_the_definition_of_a_function_with_its_comment)
{
	excerpt_is("evict",
		   "/* Drops the stale. */\n"
		   "static void evict(struct cache *cache)\n{\n\tif (cache->ready) {\n\t\tputs(\"}\");\n\t}\n}\n");
	excerpt_is("cache_new", "static struct cache *cache_new(void) { return NULL; } /* short */\n");
	excerpt_is("split",
		   "__attribute__((noinline)) static int\nsplit(int a,\n      int b)\n{\n\treturn a + b;\n}\n");
	excerpt_is("last", "int last(void)\n{\n\treturn 0;\n}\n");
}

Test(excerpt, is_the_definition_of_a_type)
{
	static const char cache[] = "// The cache,\n// whole.\nstruct cache {\n\tstruct {\n\t\tint age;\n\t} "
				    "entries[ENTRIES];\n\tint ready; /* } */\n};\n";

	excerpt_is("cache", cache);
	excerpt_is("struct cache", cache);
	excerpt_is("point", "typedef struct {\n\tint x;\n} point;\n");
	excerpt_is("enum colour", "enum colour { RED, BLUE };\n");
	excerpt_is("BLUE", "enum colour { RED, BLUE };\n");
	excerpt_is("ROUNDS", "enum { ENTRIES = 8, /* of each */ ROUNDS };\n");
	excerpt_is("ENTRIES", "enum { ENTRIES = 8, /* of each */ ROUNDS };\n");
}

Test(excerpt, is_the_definition_of_a_variable)
{
	static const char seen[] = "static struct {\n\tint freed;\n} seen = {.freed = 1}, unseen;\n";

	excerpt_is("seen", seen);
	excerpt_is("unseen", seen);
	excerpt_is("counter", "static int counter; /* of rounds */\n");
	excerpt_is("names", "static const char *const names[] = {\"a;{\", \"b\\\"}\"};\n");
	excerpt_is("whole", "static struct cache whole = (struct cache){.ready = '}'};\n");
}

Test(excerpt, is_a_macro_or_a_test)
{
	excerpt_is("MAX_AGE", "/* How old. */\n#define MAX_AGE \\\n\t60\n");
	excerpt_is("stops", "Test(cache, stops, .timeout = 60)\n{\n\tevict(NULL);\n}\n");
}

Test(excerpt, is_a_declaration_where_there_is_no_more)
{
	char *excerpt = docs_excerpt("/* Stops. */\nbool stop_wait(struct stop *stop, long ms);\n", "stop_wait");

	cr_assert_str_eq(excerpt, "/* Stops. */\nbool stop_wait(struct stop *stop, long ms);\n");
	free(excerpt);
}

Test(excerpt, is_nothing_for_what_is_only_used)
{
	static const char *const names[] = {"age",   "puts", "ready", "a",     "x", "struct evict", "enum cache_new",
					    "freed", "MAX",  "",      "nobody"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		cr_assert_null(docs_excerpt(source, names[i]), "%s", names[i]);
	cr_assert_null(docs_excerpt("", "evict"));
}

Test(excerpt, of_what_is_cut_short_does_not_run_past_the_end)
{
	for (size_t length = 0; length < sizeof source; length++) {
		char *cut = mem_copy_n(source, length);
		free(docs_excerpt(cut, "last"));
		free(docs_excerpt(cut, "nobody"));
		free(cut);
	}
}

/* --- diffs --- */

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

/* --- texts --- */

static const char broken_source[] = "/*\n * A cache.\n *\n * Promise   nobody\n * Ends      broken: x\n */\n"
				    "#include <stdlib.h>\n\nvoid stop(void)\n{\n\tfree(NULL);\n}\n";
static const char fixed_source[] =
	"/*\n * A cache.\n *\n * Promise   nobody\n * Ends      holds: y\n *\n * More.\n */\n"
	"#include <stdlib.h>\n\nvoid stop(void)\n{\n\tjoin();\n\tfree(NULL);\n}\n";

/* A workbook with one pitfall, on disk only what is not in the catalogue. */
struct book {
	struct made_results made;
	struct catalogue catalogue;
	char root[32];
};

static void write_file(const struct book *book, const char *path, const char *text)
{
	char *full = mem_format("%s/%s", book->root, path);

	for (char *slash = full + strlen(book->root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(full, 0700);
	}
	FILE *file = fopen(full, "w");
	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
	free(full);
}

static void set_source(struct program *program, const char *text)
{
	free(program->source);
	program->source = mem_copy(text);
}

static void open_book(struct book *book)
{
	*book = (struct book){.root = "/tmp/loose-book-XXXXXX"};
	cr_assert_not_null(mkdtemp(book->root));
	struct program *broken = made_program(&book->made, "02-x/y", "broken", ROLE_BROKEN, "chapters/02-x/y/broken.c");
	struct program *fixed = made_program(&book->made, "02-x/y", "fixed", ROLE_FIXED, "chapters/02-x/y/fixed.c");
	struct result *fires = made_result(&book->made, broken, "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

	set_source(broken, broken_source);
	set_source(fixed, fixed_source);
	made_finding(fires, "data-race", "data race", "Write by main thread", "stop", NULL, "/x/broken.c", 11);
	made_result(&book->made, broken, "helgrind", WORD_FIRES, OBSERVED_ERROR, "it hung");
	made_result(&book->made, broken, "drd", WORD_BLIND, OBSERVED_SILENT, NULL);
	made_result(&book->made, broken, "memcheck", WORD_BLIND, OBSERVED_FIRES, "it reports InvalidRead in stop");
	made_result(&book->made, fixed, "drd", WORD_FALSE_ALARM, OBSERVED_FIRES, NULL);
	book->catalogue = (struct catalogue){
		.root = book->root, .programs = book->made.programs, .count = book->made.program_count};
}

static void close_book(struct book *book)
{
	char *command = mem_format("rm -rf '%s'", book->root);

	cr_assert_eq(system(command), 0);
	free(command);
	made_release(&book->made);
}

static struct docs_picture lanes_of_y = {"lanes", "02-x/y", "of [main] and work", "Broken: a_b."};
static const struct docs_pictures pictures = {&lanes_of_y, 1};

static char *filled(const struct book *book, const char *path, const char *text)
{
	char *error, *result = docs_fill(&book->catalogue, &book->made.results, &pictures, path, text, &error);

	cr_assert_not_null(result, "%s", error);
	cr_assert_null(error);
	return result;
}

static const char path[] = "chapters/02-x/y/README.md";

Test(text, keeps_what_it_does_not_make)
{
	static const char *const texts[] = {"", "# Title\n\nprose <!-- in a line --> and `code`\n",
					    "no newline at the end", "```\n<!-- excerpt x y -->\n```\n", "a\n\n\nb\n"};
	struct book book;

	open_book(&book);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *text = filled(&book, path, texts[i]);
		cr_assert_str_eq(text, texts[i]);
		free(text);
	}
	close_book(&book);
}

Test(text, fills_every_kind_of_mark)
{
	struct book book;

	open_book(&book);
	char *text = filled(&book, path,
			    "# T\n<!-- excerpt broken.c stop -->\nold\n```c\nolder\n```\n<!-- end -->\nprose\n"
			    "<!-- says broken tsan -->\n<!-- end -->\n<!-- diff -->\n<!-- end -->");
	cr_assert_str_eq(
		text,
		"# T\n<!-- excerpt broken.c stop -->\n"
		"```c\nvoid stop(void)\n{\n\tfree(NULL);\n}\n```\n"
		"<!-- end -->\nprose\n"
		"<!-- says broken tsan -->\n"
		"```text\nWARNING: ThreadSanitizer: data race\n  Write by main thread:\n    #0 stop broken.c:11\n```\n"
		"<!-- end -->\n"
		"<!-- diff -->\n"
		"```diff\n@@\n /*\n  * A cache.\n+ *\n+ * More.\n  */\n #include <stdlib.h>\n\n"
		" void stop(void)\n {\n+\tjoin();\n \tfree(NULL);\n }\n```\n"
		"<!-- end -->");
	free(text);
	close_book(&book);
}

Test(text, that_is_filled_stays_until_a_source_changes)
{
	static const char marks[] =
		"<!-- excerpt broken.c stop -->\n<!-- end -->\n<!-- says broken drd -->\n<!-- end -->\n"
		"<!-- diff -->\n<!-- end -->\n";
	struct book book;

	open_book(&book);
	char *once = filled(&book, path, marks), *twice = filled(&book, path, once);
	cr_assert_str_eq(once, twice);
	set_source(&book.made.programs[0], "void stop(void)\n{\n\tfree(0);\n}\n");
	char *stale = filled(&book, path, once);
	cr_assert_str_neq(once, stale);
	free(stale);
	free(twice);
	free(once);
	close_book(&book);
}

Test(text, of_an_exercise_reads_its_own_files_and_the_kit)
{
	struct book book;

	open_book(&book);
	write_file(&book, "exercises/02-x/y/cache.h", "/* The contract. */\nvoid cache_stop(void);\n");
	write_file(&book, "chapters/kit/stop.h", "struct stop {\n\tint asked;\n};\n");
	char *text = filled(
		&book, "exercises/02-x/y/README.md",
		"<!-- excerpt cache.h cache_stop -->\n<!-- end -->\n<!-- excerpt kit/stop.h struct stop -->\n<!-- end -->\n");
	cr_assert_not_null(strstr(text, "```c\n/* The contract. */\nvoid cache_stop(void);\n```\n"));
	cr_assert_not_null(strstr(text, "```c\nstruct stop {\n\tint asked;\n};\n```\n"));
	free(text);
	close_book(&book);
}

Test(text, compares_one_file_of_several)
{
	struct book book;

	open_book(&book);
	write_file(&book, "chapters/02-x/y/broken/part.c", "int part(void)\n{\n\treturn 1;\n}\n");
	write_file(&book, "chapters/02-x/y/fixed/part.c", "int part(void)\n{\n\treturn 2;\n}\n");
	char *text = filled(&book, path, "<!-- diff part.c -->\n<!-- end -->\n");
	cr_assert_str_eq(text, "<!-- diff part.c -->\n"
			       "```diff\n@@\n int part(void)\n {\n-\treturn 1;\n+\treturn 2;\n }\n```\n"
			       "<!-- end -->\n");
	free(text);
	text = filled(&book, path, "<!-- excerpt broken/part.c part -->\n<!-- end -->\n");
	cr_assert_not_null(strstr(text, "```c\nint part(void)\n{\n\treturn 1;\n}\n```\n"));
	free(text);
	close_book(&book);
}

/* What the README shows is what a reader's terminal will. */
Test(text, shows_what_the_commands_print)
{
	struct book book;

	open_book(&book);
	char *text = filled(&book, "README.md", "<!-- run 02-x/y broken tsan -->\n<!-- end -->\n");
	cr_assert_eq(strncmp(text,
			     "<!-- run 02-x/y broken tsan -->\n```text\n"
			     "As declared: a data race: main thread writes what another thread uses, and\n"
			     "nothing orders the two; ThreadSanitizer sees it.\n\ndata-race in stop (/x/broken.c:11)\n",
			     200),
		     0, "%s", text);
	free(text);
	book.made.items[1].verdict.observed = OBSERVED_FIRES;
	book.made.items[1].verdict.agrees = true;
	text = filled(&book, "README.md", "<!-- verify 02-x/y -->\nold\n<!-- end -->\n");
	cr_assert_str_eq(text, "<!-- verify 02-x/y -->\n```text\n"
			       "pitfall  program  tsan  helgrind  drd  memcheck\n"
			       "02-x\n"
			       "  y      broken    ●       ●       ○      ✗\n"
			       "         fixed                     !\n"
			       "\n● fires   ○ blind   ! false alarm   ✗ disagrees\n\n"
			       "5 checked, 4 as declared, 1 disagree, 0 errors\n```\n<!-- end -->\n");
	free(text);
	close_book(&book);
}

Test(text, has_a_table_of_what_the_runs_have_borne_out)
{
	struct book book;

	open_book(&book);
	char *text = filled(&book, "book.md", "<!-- table -->\n<!-- end -->\n");
	cr_assert_str_eq(text, "<!-- table -->\n\n"
			       "| pitfall | tsan | helgrind | drd | memcheck | budget |\n"
			       "|---|---|---|---|---|---|\n"
			       "| [02-x/y](chapters/02-x/y/README.md) | fires | ? | blind, false alarm | ? | ? |\n"
			       "| **sees** | 1 of 1 | 0 of 1 | 0 of 1 | 0 of 1 | 0 of 1 |\n"
			       "| **misses** | 0 of 1 | 0 of 1 | 1 of 1 | 0 of 1 | 0 of 1 |\n"
			       "| **cries wolf over the fix** | 0 of 1 | 0 of 1 | 1 of 1 | 0 of 1 | 0 of 1 |\n"
			       "\n<!-- end -->\n");
	free(text);
	text = filled(&book, "chapters/02-x/README.md", "<!-- table -->\n<!-- end -->\n");
	cr_assert_not_null(strstr(text, "| [02-x/y](y/README.md) |"));
	free(text);
	close_book(&book);
}

static void dead_links_are(const struct book *book, const char *text, const char *expected)
{
	char *said = NULL;
	size_t size, count = 0;
	FILE *out = open_memstream(&said, &size);

	cr_assert_not_null(out);
	count = docs_dead_links(out, book->catalogue.root, path, text);
	fclose(out);
	cr_assert_str_eq(said, expected);
	cr_assert_eq(count, *expected ? 1 : 0);
	free(said);
}

Test(text, whose_links_lead_nowhere_is_named)
{
	struct book book;

	open_book(&book);
	write_file(&book, "chapters/02-x/y/README.md", "");
	write_file(&book, "chapters/kit/stop.h", "");
	dead_links_are(&book, "See [it](README.md#fix), [the kit](../../kit/stop.h) and [the kit](../../kit).\n", "");
	dead_links_are(&book, "# One\n\n[up](#one), [out](https://example.org/gone.md)\n\n```\n[a](gone.md)\n```\n",
		       "");
	dead_links_are(
		&book, "# One\n\nSee\n[it](../gone.md#fix).\n",
		"chapters/02-x/y/README.md:4: the link '../gone.md#fix' leads nowhere; fix it, or add the file\n");
	dead_links_are(&book, "| a |\n|---|\n| [it][1] |\n\n[1]: gone.c\n",
		       "chapters/02-x/y/README.md:3: the link 'gone.c' leads nowhere; fix it, or add the file\n");
	close_book(&book);
}

/* The same program, where a mutex has 40 bytes and where it has 48. */
Test(text, may_differ_in_sizes_where_those_of_the_library_do)
{
	static const char *const pairs[][2] = {
		{"Address is 8 bytes inside an unallocated block of size 144 in arena\n",
		 "Address is 8 bytes inside an unallocated block of size 152 in arena\n"},
		{"Address is 96 bytes inside a block of\n  size 1,136 alloc'd\n",
		 "Address is 104 bytes inside a block of size\n  1,144 alloc'd\n"},
		{"data race on a heap block of 40 bytes\n", "data race on a heap block of 48 bytes\n"},
	};
	static const char *const other[] = {"Address is 8 bytes inside a block of size 144 free'd\n",
					    "data race on a heap block of 40 words\n", "write of size 4\n"};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		cr_expect(docs_same(pairs[i][0], pairs[i][1], DOCS_MUTEX_SIZE + 8), "%s", pairs[i][0]);
		cr_expect_not(docs_same(pairs[i][0], pairs[i][1], DOCS_MUTEX_SIZE), "%s", pairs[i][0]);
		for (size_t j = 0; j < sizeof other / sizeof *other; j++)
			cr_expect_not(docs_same(pairs[i][0], other[j], DOCS_MUTEX_SIZE + 8), "%s", other[j]);
	}
	cr_expect_not(docs_same("write of size 4\n", "write of size 8\n", DOCS_MUTEX_SIZE + 8));
	cr_expect_not(docs_same("broken.c:40", "broken.c:41", DOCS_MUTEX_SIZE + 8));
	cr_expect(docs_same("", "", DOCS_MUTEX_SIZE));
}

Test(text, that_is_wrong_is_named_with_its_line)
{
	static const struct {
		const char *path, *text, *error;
	} wrongs[] = {
		{path, "\n<!-- diff -->\n",
		 "chapters/02-x/y/README.md:2: this mark is not ended; put <!-- end --> after it"},
		{path, "<!-- diff -->\n<!-- says broken drd -->\n<!-- end -->\n", ":1: this mark is not ended"},
		{path, "\n\n<!-- end -->\n", ":3: this ends nothing"},
		{path, "<!-- exerpt broken.c stop -->\n<!-- end -->\n", ":1: unknown mark 'exerpt'"},
		{path, "<!-- -->\n<!-- end -->\n", ":1: unknown mark ''"},
		{path, "<!-- excerpt broken.c -->\n<!-- end -->\n", ":1: an excerpt needs a file and names"},
		{path, "<!-- excerpt broken.c go -->\n<!-- end -->\n", ":1: broken.c does not define 'go'"},
		{path, "<!-- excerpt broken.c stop struct -->\n<!-- end -->\n", "does not define 'struct'"},
		{path, "<!-- excerpt gone.c stop -->\n<!-- end -->\n", ":1: cannot read 'gone.c': No such file"},
		{path, "<!-- excerpt broken.c stop -->\na\nb\n<!-- end -->\n<!-- says fixed tsan -->\n<!-- end -->\n",
		 ":5: no run of 'fixed' under 'tsan'"},
		{path, "<!-- says broken helgrind -->\n<!-- end -->\n", "cannot be quoted"},
		{path, "<!-- says broken -->\n<!-- end -->\n", "need a program and a detector"},
		{path, "<!-- run 02-x/y broken -->\n<!-- end -->\n", ":1: a run is named in full"},
		{"README.md", "<!-- run x/y broken tsan -->\n<!-- end -->\n",
		 "README.md:1: no run of 'broken' under 'tsan'; see that both names are right and './loose verify x/y'"},
		{path, "<!-- run 02-x/y broken helgrind -->\n<!-- end -->\n", "cannot be quoted"},
		{path, "<!-- verify -->\n<!-- end -->\n", ":1: name the pitfalls"},
		{path, "<!-- verify 02-x/z -->\n<!-- end -->\n", ":1: no run of '02-x/z'; name pitfalls in full"},
		{path, "<!-- verify 02-x/y -->\n<!-- end -->\n",
		 ":1: a run of '02-x/y' cannot be quoted; './loose verify 02-x/y' says why"},
		{path, "<!-- picture -->\n<!-- end -->\n", ":1: a picture names its kind"},
		{path, "<!-- picture curve -->\n<!-- end -->\n", ":1: there is no picture 'curve' of 02-x/y"},
		{"book.md", "<!-- picture lanes -->\n<!-- end -->\n",
		 "book.md:1: a picture names its kind, in the text of"},
		{"book.md", "<!-- says broken tsan -->\n<!-- end -->\n", "book.md:1: words need a program"},
		{"book.md", "<!-- diff -->\n<!-- end -->\n", "book.md:1: a diff names one file at most and stands in"},
		{path, "<!-- diff a.c b.c -->\n<!-- end -->\n", ":1: a diff names one file at most"},
		{path, "<!-- diff gone.c -->\n<!-- end -->\n", ":1: cannot read 'broken/gone.c': No such file"},
		{path, "<!-- table -->\n<!-- end -->\n", ":1: a table names nothing and stands in book.md"},
		{"chapters/05-z/README.md", "<!-- table -->\n<!-- end -->\n",
		 ":1: a table names nothing and stands in book.md"},
	};
	struct book book;

	open_book(&book);
	for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
		char *error, *text = docs_fill(&book.catalogue, &book.made.results, &pictures, wrongs[i].path,
					       wrongs[i].text, &error);
		cr_assert_null(text, "%s", wrongs[i].text);
		cr_assert_not_null(error);
		cr_assert_not_null(strstr(error, wrongs[i].error), "'%s' is not in '%s'", wrongs[i].error, error);
		cr_assert_null(strchr(error, '\n'));
		free(error);
	}
	close_book(&book);
}

/* --- Go listings --- */

static const char listing_text[] = "# Go\n\n<!-- go 1.21\nimport \"sync\"\n//vet before 1.22: captured by\nfunc f() {\n"
				   "//listing\n}\n-->\n```go\nvar m sync.Mutex\n```\n\nAnd:\n";

/* A compiler's words about line 11 are about line 11 of the text. */
Test(go_listings, keep_their_lines)
{
	struct go_listings listings;
	char *error;

	cr_assert(docs_go_listings("README.md", listing_text, &listings, &error));
	cr_assert_eq(listings.count, 1);
	cr_expect_eq(listings.items[0].line, 11);
	cr_expect_eq(listings.items[0].minor, 21);
	cr_expect_eq(listings.items[0].vet_before, 22);
	cr_expect_str_eq(listings.items[0].vet, "captured by");
	cr_expect_str_eq(listings.items[0].source,
			 "package listing\nimport \"sync\"\n//vet before 1.22: captured by\nfunc f() {\n\n\n\n\n\n\n"
			 "var m sync.Mutex\n}\n");
	docs_go_listings_release(&listings);
}

static void listings_are_refused(const char *text, const char *words)
{
	struct go_listings listings;
	char *error;

	cr_assert_not(docs_go_listings("README.md", text, &listings, &error), "%s", text);
	cr_expect(strstr(error, words), "%s", error);
	docs_go_listings_release(&listings);
	free(error);
}

Test(go_listings, without_their_stubs_are_refused)
{
	listings_are_refused("\n```go\nvar x int\n```\n", "README.md:2: a Go listing needs its stubs");
	listings_are_refused("<!-- go\n-->\n\n```go\nvar x int\n```\n", "README.md:3: a listing must follow");
	listings_are_refused("<!-- go 2\n-->\n```go\nvar x int\n```\n", "README.md:1: write it as");
	listings_are_refused("<!-- go\n//vet after: x\n-->\n```go\nvar x int\n```\n", "README.md:1: write it as");
	listings_are_refused("<!-- go\nvar y int\n", "README.md:1: write it as");
}

/* --- pictures --- */

Test(text, shows_a_picture_with_its_words_and_its_caption)
{
	struct book book;

	open_book(&book);
	char *text = filled(&book, path, "<!-- picture lanes -->\nold\n<!-- end -->\n");
	cr_assert_str_eq(
		text,
		"<!-- picture lanes -->\n![of \\[main\\] and work](lanes.svg)\n\n*Broken: a\\_b.*\n<!-- end -->\n");
	free(text);
	close_book(&book);
}

Test(text, knows_which_pictures_it_has)
{
	cr_assert(docs_has_picture("a\n<!-- picture lanes -->\n<!-- end -->\n", "lanes"));
	cr_assert_not(docs_has_picture("a\n<!-- picture lanes -->\n<!-- end -->\n", "curve"));
	cr_assert_not(docs_has_picture("```\n<!-- picture lanes -->\n```\n", "lanes"));
	cr_assert_not(docs_has_picture("not <!-- picture lanes -->", "lanes"));
}
