/* The reader's words for the compiler, and what is made of the compiler's. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "commands/compiler.h"

static void expect_quoted(const char *word, const char *quoted)
{
	struct text text;

	compiler_quote(text_open(&text), word);
	char *got = text_close(&text);
	cr_assert_str_eq(got, quoted);
	free(got);
}

Test(compiler, words_reach_the_shell_as_they_are)
{
	expect_quoted("-Iinclude", " '-Iinclude'");
	expect_quoted("my prog.c", " 'my prog.c'");
	expect_quoted("it's", " 'it'\\''s'");
	expect_quoted("-DX=$HOME", " '-DX=$$HOME'");
	expect_quoted("", " ''");
}

Test(compiler, flags_with_a_word_after_them)
{
	cr_assert(compiler_takes_next("-I"));
	cr_assert(compiler_takes_next("-include"));
	cr_assert(compiler_takes_next("-Xlinker"));
	cr_assert_not(compiler_takes_next("-Iinclude"));
	cr_assert_not(compiler_takes_next("-pthread"));
	cr_assert_not(compiler_takes_next("-lm"));
}

Test(compiler, folders_of_headers)
{
	cr_assert_str_eq(compiler_folder("-Iinclude", "x"), "include");
	cr_assert_str_eq(compiler_folder("-I", "include"), "include");
	cr_assert_null(compiler_folder("-isystem", "include"));
}

Test(compiler, files_that_are_linked)
{
	cr_assert(compiler_links("x.o"));
	cr_assert(compiler_links("lib/libx.a"));
	cr_assert(compiler_links("libx.so.1.2"));
	cr_assert_not(compiler_links("x.c"));
	cr_assert_not(compiler_links(".o"));
}

Test(compiler, flags_that_cannot_be_used)
{
	static const char *const bad[] = {"-c", "-E", "-o", "-ox", "-static", "-fsanitize=address"};
	static const char *const good[] = {"-O2", "-fopenmp", "-include", "-Wl,-rpath,x", "-MMD", "-std=gnu2x"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *line = compiler_refuses(bad[i]);
		cr_assert(line, "%s", bad[i]);
		cr_assert(strstr(line, bad[i]), "%s", line);
		free(line);
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		cr_assert_null(compiler_refuses(good[i]), "%s", good[i]);
}

static void expect_told(const char *log, const char *told)
{
	struct text text;

	compiler_tell_pragmas(text_open(&text), log);
	char *got = text_close(&text);
	cr_assert_str_eq(got, told);
	free(got);
}

Test(compiler, pragmas_that_were_ignored)
{
	expect_told("", "");
	expect_told("a/x.c:9:1: warning: unexpected '#pragma omp ...' in program [-Wsource-uses-openmp]\n"
		    "  #pragma omp parallel for\n        ^\n1 warning generated.\n",
		    "loose: ignored: #pragma omp parallel for (a/x.c:9); add -fopenmp\n");
	expect_told("a/x.c:9:1: warning: unexpected '#pragma omp ...' in program [-Wsource-uses-openmp]\n"
		    "    9 | #pragma omp parallel for\n      |         ^\n1 warning generated.\n",
		    "loose: ignored: #pragma omp parallel for (a/x.c:9); add -fopenmp\n");
	expect_told("x.c:12:9: warning: unknown pragma ignored [-Wunknown-pragmas]\n#pragma ivdep\n        ^\n",
		    "loose: ignored: #pragma ivdep (x.c:12)\n");
	expect_told("x.c:3:6: warning: unused variable 'y' [-Wunused-variable]\n\tint y;\n", "");
	expect_told("x.c:12:9: warning: unknown pragma ignored [-Wunknown-pragmas]", "loose: ignored:  (x.c:12)\n");
	expect_told("ld: warning [-Wunknown-pragmas]\n", "loose: ignored:  (ld:)\n");
}

Test(compiler, hints)
{
	cr_assert(strstr(compiler_hint("x.c:1: fatal error: 'y.h' file not found"), "-I FOLDER"));
	cr_assert(strstr(compiler_hint("undefined reference to `main'"), "main()"));
	cr_assert(strstr(compiler_hint("Scrt1.o:function _start: error: undefined reference to 'main'"), "main()"));
	cr_assert(strstr(compiler_hint("ld: error: b.o: multiple definition of 'main'"), "several programs"));
	cr_assert(strstr(compiler_hint("x.c:2:10: fatal error: 'thread' file not found"), "C++"));
	cr_assert(!strstr(compiler_hint("x.c:2:10: fatal error: 'sys/thread.h' file not found"), "C++"));
	cr_assert(strstr(compiler_hint("x.c:3: undefined reference to `sin'"), "-lNAME"));
	cr_assert(strstr(compiler_hint("x.c:3: undefined reference to `omp_init_lock'"), "-fopenmp"));
	cr_assert(strstr(compiler_hint("x.c:6:9: warning: unexpected '#pragma omp ...' in program "
				       "[-Wsource-uses-openmp]\nx.c:9: undefined reference to `omp_init_lock'"),
			 "-fopenmp"));
	cr_assert_str_empty(compiler_hint("x.c:3: error: expected ';'"));
}
