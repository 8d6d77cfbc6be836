/* The texts of the book: their generated passages, links and pictures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "docs/docs.h"
#include "tests/unit/made_results.h"

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
