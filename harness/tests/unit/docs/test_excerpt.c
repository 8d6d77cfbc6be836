/* The excerpts of sources. */
#include <stdlib.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "docs/docs.h"

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
