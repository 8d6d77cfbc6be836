/* Reports that the detectors really wrote, kept in captured/; made anew by the script there. */
#ifndef LOOSE_TESTS_CAPTURED_H
#define LOOSE_TESTS_CAPTURED_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

static const char *const systems[] = {"debian12", "debian13"};
enum { SYSTEMS = 2 };

/* The captured programs' sources all lie there. */
static const struct run captured_run = {
	.program = "/workbook/program", .root = "/", .directory = "/", .own = (char *const[]){"/workbook", NULL}};

/* The whole file, for the caller to free. */
static inline char *captured(const char *system, const char *name, size_t *length)
{
	char *path = mem_format("harness/tests/captured/%s/%s", system, name), *bytes = mem_zeroed(1, 65536);
	FILE *file = fopen(path, "rb");

	cr_assert(file, "cannot open %s", path);
	*length = fread(bytes, 1, 65535, file);
	cr_assert(*length < 65535, "%s is longer than a captured report should be", path);
	fclose(file);
	free(path);
	return bytes;
}

/* A copy that ends exactly where the bytes do, so that a reader that goes on is seen by AddressSanitizer. */
static inline char *cut(const char *bytes, size_t length)
{
	char *part = mem_zeroed(1, length);

	memcpy(part, bytes, length);
	return part;
}

/* The n-th finding is of this kind, in this function, on this line. */
static inline void expect_finding(const struct findings *findings, size_t n, const char *kind, const char *function,
				  int line)
{
	cr_assert(n < findings->count, "no finding %zu", n);
	cr_assert_str_eq(findings->items[n].kind, kind);
	cr_assert_str_eq(findings->items[n].function, function);
	cr_assert_eq(findings->items[n].line, line, "%s: line %d", kind, findings->items[n].line);
}

/* What would differ from run to run must not be in what is shown. */
static inline void expect_stable_words(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		cr_assert(*finding->words);
		cr_assert_not(strstr(finding->words, "0x"), "%s", finding->words);
		for (size_t j = 0; j < finding->stack_count; j++) {
			const char *role = finding->stacks[j].role;
			cr_assert_not(strstr(role, "0x"), "%s", role);
			cr_assert_not(strstr(role, "hread #"), "%s", role);
			cr_assert_not(strpbrk(role, "/"), "%s", role);
		}
	}
}

#endif
