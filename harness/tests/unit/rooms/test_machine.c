/*
 * The machine: one file knows an architecture. All other sources, the programs
 * of the book among them, and what builds and starts them, must be right on any
 * that Debian runs on.
 */
#include <ctype.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/files.h"

/* The one that knows; this one, which names what it looks for; and those that hand in tricks with assembly, in strings. */
static const char *const left_out[] = {"harness/runtime/machine.h", "harness/tests/unit/rooms/test_machine.c",
				       "harness/tests/unit/grading/test_gate.c", "harness/tests/cli/test_sandbox.c",
				       /* It reads the machine's instructions, and says where it cannot. */
				       "harness/grading/code.c"};

/* What a learner edits is the learner's. */
static const char *const sources[] = {
	"loose",
	"Makefile",
	"harness/*.[ch]",
	"harness/*/*.[ch]",
	"harness/*/*/*.[ch]",
	"harness/*/*/*.supp",
	"harness/tests/*/*/*.[ch]",
	"chapters/*/*.[ch]",
	"chapters/*/*/*.[ch]",
	"chapters/*/*/*/*.[ch]",
	"exercises/*/*/*.h",
	"exercises/*/*/test.c",
	"solutions/*/*/*.c",
	"solutions/*/*/*/*.c",
};

/* Beginnings of what only one architecture has: macros, headers, registers, directories, flags. */
static const char *const marks[] = {
	"__x86_64",    "__amd64",    "__i386",	 "__aarch64",	"__arm__", "__ARM_",  "__riscv",
	"__powerpc",   "__s390",     "__mips",	 "__loongarch", "__SSE",   "__AVX",   "__builtin_ia32_",
	"_mm_",	       "intrin.h",   "<cpuid.h", "arm_neon",	"<asm/",   "REG_RIP", "REG_RSP",
	"uc_mcontext", "-linux-gnu", "-march=",	 "-mcpu=",	"-mtune=", "-m64",
};

/* System calls that the newer architectures have not: they came with another that does the same. */
static const char *const old_calls[] = {
	"open",	      "creat",	      "stat",	  "lstat", "access", "pipe",	"fork",	      "vfork",
	"poll",	      "select",	      "getdents", "dup2",  "rename", "unlink",	"mkdir",      "rmdir",
	"link",	      "symlink",      "readlink", "chmod", "chown",  "eventfd", "signalfd",   "epoll_create",
	"epoll_wait", "inotify_init", "time",	  "alarm", "pause",  "getpgrp", "arch_prctl", "newstat",
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool in_word(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_';
}

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Inline assembly; an empty template is a barrier to the compiler, and no instruction. */
static bool is_assembly(const char *word, size_t length)
{
	static const char *const names[] = {"asm", "__asm", "__asm__"};
	bool named = false;

	for (size_t i = 0; i < COUNT(names); i++)
		named = named || (strlen(names[i]) == length && strncmp(word, names[i], length) == 0);
	if (!named)
		return false;
	for (word += length; *word == ' '; word++)
		;
	if (begins_with(word, "volatile"))
		word += strlen("volatile");
	word += strspn(word, " ");
	return *word == '(' && !begins_with(word, "(\"\")") && !begins_with(word, "(\"\" :");
}

/* Whether the line before is "#ifdef SYS_poll", or that with a comment: where there is no such call, it is left out. */
static bool is_asked_for(const char *text, const char *at)
{
	const char *line = at, *name = at;

	while (line > text && line[-1] != '\n')
		line--;
	if (line == text)
		return false;
	for (line--; line > text && line[-1] != '\n'; line--)
		;
	size_t length = 0;
	while (in_word(name[length]))
		length++;
	return begins_with(line, "#ifdef ") && strncmp(line + 7, name, length) == 0 && !in_word(line[7 + length]);
}

/* "SYS_open", "RAW(open". */
static bool is_old_call(const char *text, const char *at)
{
	const char *name = begins_with(at, "SYS_") || begins_with(at, "RAW(") ? at + 4 : NULL;

	/* The name in the question is not a call. */
	if ((at - text >= 7 && begins_with(at - 7, "#ifdef ")) || is_asked_for(text, at))
		return false;

	for (size_t i = 0; name && i < COUNT(old_calls); i++)
		if (begins_with(name, old_calls[i]) && !in_word(name[strlen(old_calls[i])]))
			return true;
	return false;
}

/* What in the text is for one machine alone; NULL: nothing. */
static const char *first_mark(const char *text)
{
	for (const char *at = text; *at; at++) {
		bool begins_word = in_word(*at) && (at == text || !in_word(at[-1]));

		for (size_t i = 0; i < COUNT(marks); i++)
			if (*at == *marks[i] && begins_with(at, marks[i]))
				return at;
		if (begins_word) {
			size_t length = 0;
			while (in_word(at[length]))
				length++;
			if (is_assembly(at, length) || is_old_call(text, at))
				return at;
		}
	}
	return NULL;
}

/* Submissions that want to pass without an answer may be for any machine. */
static bool is_left_out(const char *path)
{
	if (begins_with(path, "harness/tests/submissions/"))
		return true;
	for (size_t i = 0; i < COUNT(left_out); i++)
		if (strcmp(path, left_out[i]) == 0)
			return true;
	return false;
}

Test(machine, is_known_to_one_file_alone)
{
	for (size_t i = 0; i < COUNT(sources); i++) {
		glob_t found = {0};

		cr_assert_eq(glob(sources[i], 0, NULL, &found), 0, "there is no '%s'", sources[i]);
		for (size_t j = 0; j < found.gl_pathc; j++) {
			char *text = is_left_out(found.gl_pathv[j]) ? NULL : file_read(found.gl_pathv[j]);
			const char *mark = text ? first_mark(text) : NULL;
			cr_expect_null(mark, "%s: '%.24s' is for one machine alone; it belongs into %s",
				       found.gl_pathv[j], mark, left_out[0]);
			free(text);
		}
		globfree(&found);
	}
}

Test(machine, is_told_by_what_a_source_says)
{
	static const char *const told[] = {
		"#if defined(__x86_64__)",    "#ifdef __aarch64__",    "asm(\"nop\")",
		"__asm__ volatile (\"nop\")", "x __asm__(\"r10\")",    "/usr/lib/x86_64-linux-gnu",
		"syscall(SYS_open, path)",    "RAW(stat, path, &file)"};
	static const char *const passed[] = {"__asm__ volatile(\"\")",
					     "asm volatile(\"\" ::: \"memory\")",
					     "syscall(SYS_openat, 0)",
					     "RAW(fstat, 3)",
					     "on x86-64 and aarch64",
					     "plasma(1)",
					     "SYS_statx"};

	for (size_t i = 0; i < COUNT(told); i++)
		cr_expect_not_null(first_mark(told[i]), "passed: %s", told[i]);
	for (size_t i = 0; i < COUNT(passed); i++)
		cr_expect_null(first_mark(passed[i]), "told: %s", passed[i]);
}
