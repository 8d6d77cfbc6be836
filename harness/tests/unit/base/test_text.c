/* Text that is built piece by piece is whole, or the process ends with one line. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

Test(text, holds_all_that_was_put_into_it)
{
	struct text text;
	FILE *out = text_open(&text);

	for (int i = 0; i < 1000; i++)
		fprintf(out, "%d,", i % 10);
	char *all = text_close(&text);
	cr_assert_eq(text.length, 2000);
	cr_assert_eq(strlen(all), 2000);
	free(all);
}

Test(text, that_was_never_opened_is_none)
{
	struct text text = {0};

	cr_assert_null(text_close(&text));
}

Test(text, control_characters_are_escaped)
{
	static const char *const pairs[][2] = {{"", ""},
					       {"plain \303\251 \\n 'x'", "plain \303\251 \\n 'x'"},
					       {"two\nlines\tand\r", "two\\nlines\\tand\\015"},
					       {"\033[31mred\177", "\\033[31mred\\177"},
					       {"\302\233 of eight bits", "\\302\\233 of eight bits"},
					       {"\377 is no character\n", "\377 is no character\\n"}};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char *escaped = text_escape(pairs[i][0]);
		cr_expect_str_eq(escaped, pairs[i][1]);
		free(escaped);
	}
}

Test(text, plain_is_utf_8_without_control_characters)
{
	static const char *const plain[] = {"", "a b\tc", "\303\244 \342\202\254 \360\237\230\200", "'\"$%"};
	static const char *const odd[] = {"a\nb",
					  "\033",
					  "\177",
					  "\302\233",
					  "\377",
					  "\303",
					  "\303(",
					  "\300\257",
					  "\340\200\257",
					  "\355\240\200",
					  "\360\200\200\200",
					  "\364\220\200\200",
					  "\342\202"};

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		cr_expect(text_is_plain(plain[i]), "%s", plain[i]);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		cr_expect_not(text_is_plain(odd[i]), "%zu", i);
}

#ifndef __SANITIZE_ADDRESS__
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#endif
#ifndef __SANITIZE_ADDRESS__
/* A sanitizer needs all the address space there is. */
static void leave(void)
{
	_exit(3);
}

static void grow_until_there_is_no_memory(void (*use)(void))
{
	int ends[2], status;
	char said[256] = "";

	cr_assert_eq(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_AS, &(struct rlimit){256 << 20, 256 << 20});
		dup2(ends[1], 2);
		mem_on_exhaustion(leave);
		use();
		_exit(0);
	}
	close(ends[1]);
	cr_assert_gt(read(ends[0], said, sizeof said - 1), 0);
	close(ends[0]);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3, "status %x", (unsigned)status);
	cr_assert(strstr(said, "out of memory"), "%s", said);
}

static void build_text(void)
{
	struct text text;
	FILE *out = text_open(&text);

	for (int i = 0; i < 1 << 20; i++)
		fprintf(out, "%01024d", i);
	free(text_close(&text));
}

static void allocate(void)
{
	for (int i = 0; i < 1 << 20; i++)
		mem_zeroed(1 << 20, 1);
}

Test(text, ends_the_process_with_one_line_when_there_is_no_memory, .timeout = 60)
{
	grow_until_there_is_no_memory(build_text);
}

Test(mem, ends_the_process_with_one_line_when_there_is_no_memory, .timeout = 60)
{
	grow_until_there_is_no_memory(allocate);
}
#endif

/* The lines that were taken, each with its length, as "first/5 ". */
struct taken {
	struct text all;
	int most;
};

static bool take(void *context, char *line, size_t length)
{
	struct taken *taken = context;

	fprintf(taken->all.out, "%s/%zu ", line, length);
	return --taken->most > 0;
}

static void expect_lines(const char *bytes, size_t length, int most, bool all, const char *expected)
{
	struct taken taken = {.most = most};

	text_open(&taken.all);
	bool whole = text_lines(bytes, length, take, &taken);
	char *lines = text_close(&taken.all);
	cr_expect_eq(whole, all, "%s", expected);
	cr_expect_str_eq(lines, expected);
	free(lines);
}

Test(text, lines_come_one_by_one_until_one_is_refused_or_cut_short)
{
	expect_lines("", 0, 9, true, "");
	expect_lines("one\n\nthree\n", 11, 9, true, "one/3 /0 three/5 ");
	expect_lines("one\ntw", 6, 9, false, "one/3 ");
	expect_lines("a\0b\n", 4, 9, true, "a/3 ");
	expect_lines("one\ntwo\n", 8, 1, false, "one/3 ");
}
