/* Which tools judge here: asked for once, and again as soon as one of them is another file. */
#include "../scratch_root.h"

#include "judge/toolchain.h"

static char *path_before;

/* A tool that notes in "asked" that it was started. */
static void write_tool(const char *name, const char *version)
{
	root_run(
		"{ echo '#!/bin/sh'; echo \"echo %s >>'$PWD/asked'\"; echo 'echo %s version %s'; } >bin/%s && chmod +x bin/%s",
		name, name, version, name, name);
}

static void make(void)
{
	root_make();
	root_run("mkdir bin build");
	write_tool("clang", "14.0.6");
	write_tool("valgrind", "3.19.0");
	path_before = mem_copy(getenv("PATH"));
	char *path = mem_format("%s/bin:%s", root, path_before);
	setenv("PATH", path, 1);
	free(path);
}

static void unmake(void)
{
	setenv("PATH", path_before, 1);
	free(path_before);
	root_remove();
}

TestSuite(toolchain, .init = make, .fini = unmake, .timeout = 120);

/* The line on the tools, which have been started so often by now. */
static char *expect(const char *line, const char *asked)
{
	struct toolchain toolchain = {0};

	toolchain_find(&toolchain, root);
	char *says = toolchain_line(&toolchain), *log = root_read("asked"), *files = mem_copy(toolchain.files);
	cr_assert_eq(strncmp(says, line, strlen(line)), 0, "%s", says);
	cr_assert_str_eq(log ? log : "", asked);
	free(log);
	free(says);
	toolchain_release(&toolchain);
	return files;
}

Test(toolchain, is_asked_for_once)
{
	char *first = expect("clang 14.0.6, valgrind 3.19.0, glibc ", "clang\nvalgrind\n");
	char *second = expect("clang 14.0.6, valgrind 3.19.0, glibc ", "clang\nvalgrind\n");

	cr_assert_str_eq(first, second);
	cr_assert(strstr(first, "/bin/clang ") && strstr(first, "/bin/valgrind ") && strstr(first, "libc"), "%s",
		  first);
	free(first);
	free(second);
}

/* As after an upgrade: the size is the same, and the version need not be another. */
Test(toolchain, is_asked_for_again_when_a_file_is_another)
{
	char *first = expect("clang 14.0.6, valgrind 3.19.0, ", "clang\nvalgrind\n");

	write_tool("valgrind", "3.19.1");
	root_run("touch -d '2001-02-03 04:05:06' bin/valgrind");
	char *second = expect("clang 14.0.6, valgrind 3.19.1, ", "clang\nvalgrind\nclang\nvalgrind\n");
	cr_assert_str_neq(first, second);
	root_run("echo more >bin/valgrind.bin");
	char *third = expect("clang 14.0.6, valgrind 3.19.1, ", "clang\nvalgrind\nclang\nvalgrind\nclang\nvalgrind\n");
	cr_assert_str_neq(second, third);
	free(first);
	free(second);
	free(third);
}

Test(toolchain, that_is_missing_or_cannot_be_remembered_is_asked_for_again)
{
	root_run("rm -r build && echo 'exit 1' >bin/clang");
	free(expect("clang missing, valgrind 3.19.0, ", "valgrind\n"));
	free(expect("clang missing, valgrind 3.19.0, ", "valgrind\nvalgrind\n"));
	root_run("mkdir build && echo damaged >build/tools");
	free(expect("clang missing, valgrind 3.19.0, ", "valgrind\nvalgrind\nvalgrind\n"));
	free(expect("clang missing, valgrind 3.19.0, ", "valgrind\nvalgrind\nvalgrind\nvalgrind\n"));
	write_tool("clang", "14.0.6");
	free(expect("clang 14.0.6, ", "valgrind\nvalgrind\nvalgrind\nvalgrind\nclang\nvalgrind\n"));
	free(expect("clang 14.0.6, ", "valgrind\nvalgrind\nvalgrind\nvalgrind\nclang\nvalgrind\n"));
}
