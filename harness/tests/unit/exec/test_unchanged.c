/* Whether make has anything to do: every change is seen, whatever its times say, and what has not changed is known. */
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "exec/unchanged.h"

static char root[PATH_MAX];
static char *program[] = {"build/plain/bin/chapters/one", NULL};

static void shell(const char *command)
{
	char *line = mem_format("cd '%s' && %s", root, command);

	cr_assert_eq(system(line), 0, "%s", line);
	free(line);
}

/* Files take their times from a clock that moves in steps: what is changed after this bears another one. */
static void await_tick(void)
{
	char *path = mem_format("%s/tick", root);
	struct stat first, next;

	for (bool again = false;; again = true) {
		int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		cr_assert_eq(write(file, "x", 1), 1);
		cr_assert_eq(fstat(file, &next), 0);
		close(file);
		if (!again)
			first = next;
		if (first.st_ctim.tv_sec != next.st_ctim.tv_sec || first.st_ctim.tv_nsec != next.st_ctim.tv_nsec)
			break;
	}
	free(path);
}

static void make_tree(void)
{
	char here[PATH_MAX - 64];

	cr_assert(getcwd(here, sizeof here));
	snprintf(root, sizeof root, "%s/build/unchanged.XXXXXX", here);
	cr_assert(mkdtemp(root));
	shell("mkdir -p chapters/kit exercises solutions harness build/plain/bin/chapters build/tsan bin && touch Makefile "
	      "build/toolchain && echo one >chapters/one.c && echo two >chapters/kit/two.h && "
	      "echo program >build/plain/bin/chapters/one");
}

static void remove_tree(void)
{
	shell("rm -rf \"$PWD\"");
}

TestSuite(unchanged, .init = make_tree, .fini = remove_tree, .timeout = 60);

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* As a command that comes a minute later; it keeps what it sees, as if make had made all. */
static bool is_known(char *const *targets)
{
	struct unchanged unchanged;
	bool known = unchanged_begin(&unchanged, root, targets, 1, true, now_ns() + 60000000000LL);

	unchanged_keep(&unchanged);
	return known;
}

Test(unchanged, what_make_has_made_is_known)
{
	cr_assert_not(is_known(program));
	cr_assert(is_known(program));
	cr_assert(is_known(program));
}

Test(unchanged, every_change_is_seen)
{
	static const char *const changes[] = {
		"echo eno >chapters/one.c",
		"cp -p chapters/one.c x && echo 111 >chapters/one.c && touch -r x chapters/one.c",
		"touch -d 1999-01-01 chapters/kit/two.h",
		"cp -p chapters/one.c x && mv x chapters/one.c",
		"echo >chapters/kit/three.h",
		"rm chapters/kit/three.h",
		"mkdir exercises/new",
		"rmdir exercises/new",
		"ln -s ../one.c solutions/link.c",
		"rm solutions/link.c",
		"chmod 600 harness",
		"touch Makefile",
		"rm Makefile",
		"touch build/toolchain",
		"echo program >build/plain/bin/chapters/one",
		"cp -p build/plain/bin/chapters/one x && mv x build/plain/bin/chapters/one",
	};

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		is_known(program);
		cr_assert(is_known(program), "before: %s", changes[i]);
		await_tick();
		shell(changes[i]);
		cr_assert_not(is_known(program), "%s", changes[i]);
	}
}

/* make would make it anew, of the same sources with the same compiler. */
Test(unchanged, what_is_made_on_the_way_does_not_count)
{
	is_known(program);
	await_tick();
	shell("echo object >build/tsan/one.o && mkdir build/trace && echo program >build/plain/bin/chapters/other");
	cr_assert(is_known(program));
	shell("rm -r build/tsan build/trace");
	cr_assert(is_known(program));
}

Test(unchanged, what_is_gone_is_for_make)
{
	static const char *const gone[] = {"rm -r build/plain", "rm build/toolchain", "rm -r build"};

	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		shell("mkdir -p build/plain/bin/chapters && touch build/plain/bin/chapters/one build/toolchain");
		is_known(program);
		cr_assert(is_known(program), "before: %s", gone[i]);
		shell(gone[i]);
		for (int j = 0; j < 2; j++)
			cr_assert_not(is_known(program), "%s", gone[i]);
	}
}

Test(unchanged, what_stands_behind_a_link_counts)
{
	static const char *const changes[] = {"echo other >elsewhere/file", "echo >elsewhere/new", "rm elsewhere/new"};

	shell("mkdir elsewhere && echo file >elsewhere/file && ln -s ../elsewhere chapters/there && "
	      "ln -s ../elsewhere/file chapters/file");
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		is_known(program);
		cr_assert(is_known(program), "before: %s", changes[i]);
		await_tick();
		shell(changes[i]);
		cr_assert_not(is_known(program), "%s", changes[i]);
	}
}

Test(unchanged, what_cannot_be_looked_at_is_for_make)
{
	static const char *const links[] = {"ln -s . chapters/round",
					    "ln -s ../exercises chapters/a && ln -s ../chapters exercises/b"};

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		shell(links[i]);
		for (int j = 0; j < 3; j++)
			cr_assert_not(is_known(program), "%s", links[i]);
		shell("find chapters exercises -type l -delete");
		is_known(program);
		cr_assert(is_known(program));
	}
}

Test(unchanged, the_environment_and_the_tools_count)
{
	char *bin = mem_format("%s/bin:%s", root, getenv("PATH"));

	is_known(program);
	setenv("CFLAGS", "-O2", 1);
	cr_assert_not(is_known(program));
	cr_assert(is_known(program));
	unsetenv("CFLAGS");
	setenv("CI", "of the test", 1);
	cr_assert_not(is_known(program));
	shell("printf '#!/bin/sh\\n' >bin/clang && chmod +x bin/clang");
	setenv("PATH", bin, 1);
	cr_assert_not(is_known(program));
	cr_assert(is_known(program));
	await_tick();
	shell("printf '#!/bin/ls\\n' >bin/clang");
	cr_assert_not(is_known(program));
	setenv("COLUMNS", "of the test", 1);
	cr_assert(is_known(program));
	free(bin);
}

Test(unchanged, each_request_is_remembered)
{
	char *other[] = {"build/tsan/bin/chapters/one", NULL}, many[64];

	shell("mkdir -p build/tsan/bin/chapters && touch build/tsan/bin/chapters/one && cd build/plain/bin/chapters && "
	      "touch $(seq 0 39)");
	is_known(program);
	cr_assert_not(is_known(other));
	cr_assert(is_known(program));
	cr_assert(is_known(other));
	for (int i = 0; i < 40; i++) {
		snprintf(many, sizeof many, "build/plain/bin/chapters/%d", i);
		cr_assert_not(is_known((char *[]){many, NULL}));
		cr_assert(is_known((char *[]){many, NULL}));
	}
	cr_assert_not(is_known(program));
}

/* The next change might bear the same time. */
Test(unchanged, what_is_young_is_not_kept)
{
	struct unchanged unchanged;

	for (int i = 0; i < 2; i++) {
		cr_assert_not(unchanged_begin(&unchanged, root, program, 1, true, now_ns()));
		unchanged_keep(&unchanged);
	}
}

/* make may have read it before, or not. */
Test(unchanged, what_changes_while_make_works_is_not_kept)
{
	struct unchanged unchanged;
	long long later = now_ns() + 60000000000LL;

	cr_assert_not(unchanged_begin(&unchanged, root, program, 1, true, later));
	await_tick();
	shell("echo changed >chapters/one.c");
	unchanged_keep(&unchanged);
	cr_assert_not(unchanged_begin(&unchanged, root, program, 1, true, later));
}

Test(unchanged, other_requests_are_for_make)
{
	static char *const others[] = {"tests", "build/plain/bin/work/one", "build/run/1.own/plain",
				       "ready/chapters/one"};
	struct unchanged unchanged;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		for (int j = 0; j < 2; j++)
			cr_assert_not(is_known((char *[]){others[i], NULL}), "%s", others[i]);
	for (int j = 0; j < 2; j++) {
		cr_assert_not(unchanged_begin(&unchanged, root, program, 1, false, now_ns() + 60000000000LL));
		unchanged_keep(&unchanged);
	}
}
