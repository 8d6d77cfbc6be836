/* What a report prints, and what is asked of it. */
#ifndef LOOSE_TESTS_PRINTED_H
#define LOOSE_TESTS_PRINTED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "report/report.h"
#include "tests/unit/made_results.h"

static const struct style plain = {.width = 80}, unicode = {.width = 80, .utf8 = true};

/* The text that a report prints, for the caller to free. */
#define PRINTED(text, call)                                                                                            \
	do {                                                                                                           \
		size_t printed_size;                                                                                   \
		FILE *out = open_memstream(&(text), &printed_size);                                                    \
		call;                                                                                                  \
		fclose(out);                                                                                           \
	} while (0)

static inline void has(const char *text, const char *part)
{
	cr_assert_not_null(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static inline void has_not(const char *text, const char *part)
{
	cr_assert_null(strstr(text, part), "'%s' in:\n%s", part, text);
}

static inline int count_of(const char *text, const char *part)
{
	int count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

/* No line is wider than the style, in characters. */
static inline void fits(const char *text, int width)
{
	int columns = 0;

	for (; *text; text++) {
		columns = *text == '\n' ? 0 : columns + (((unsigned char)*text & 0xc0) != 0x80);
		cr_assert_leq(columns, width, "too wide before: %s", text);
	}
}

static inline struct program *broken_at(struct made_results *made, const char *pitfall)
{
	char path[128];

	snprintf(path, sizeof path, "chapters/%s/broken.c", pitfall);
	return made_program(made, pitfall, "broken", ROLE_BROKEN, path);
}

static const char source[] =
	"#include <stdlib.h>\n"
	"\n"
	"static void evict(struct cache *cache)\n"
	"{\n"
	"\tputs(\"/* no comment */ // here\"); /* but here */\n"
	"\tfree(cache); // late\n"
	"\tif (cache->a_very_long_name_for_an_array_of_entries[index_of_the_entry].age > MAX_AGE_OF_ENTRIES)\n"
	"}\n";

/* Writes the source to a file of this test; its absolute path. */
static inline const char *source_file(void)
{
	static char path[] = "/tmp/loose-report-XXXXXX";
	int file = mkstemp(path);

	cr_assert_geq(file, 0);
	cr_assert_eq(write(file, source, strlen(source)), (ssize_t)strlen(source));
	close(file);
	return path;
}

#endif
