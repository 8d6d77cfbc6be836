/* The launcher leaves make out where it would do nothing, and only there; and what it says when it has to wait. */
#include <criterion/criterion.h>

#include "scratch.h"

static struct scratch scratch;

/* A workbook with a few sources of its own, in which make says that it was called. */
static void make(void)
{
	scratch_make(&scratch);
	scratch_tool(&scratch, "make", "#!/bin/sh\necho called >>called\n");
	scratch_shell(
		&scratch,
		"cp ../../loose . && rm Makefile harness chapters/kit build/runner && mkdir -p harness/base chapters/kit "
		"build/runner/libc && touch Makefile harness/one.c harness/base/two.h chapters/kit/three.h build/stacks.so "
		"build/runner/runner.so build/runner/libcriterion.so.3 build/runner/libc/libc.so.6 && "
		"{ [ -e build/toolchain ] || touch build/toolchain; }");
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(launcher, .init = make, .fini = unmake, .timeout = 300);

/* Starts with this in the environment; make must be called, or not. */
static void start(const char *environment, bool calls)
{
	scratch_shell(&scratch,
		      "rm -f called; PATH=\"$PWD/bin:$PATH\" %s ./loose --version >said 2>&1 && [ %s -e called ] || "
		      "{ cat said; false; }",
		      environment, calls ? "" : "!");
}

/* As if make had been called some seconds ago, and what follows bears a later time: the clock of files moves in steps. */
static void let_time_pass(void)
{
	scratch_shell(&scratch, "touch build/made && until touch tick && [ tick -nt build/made ]; do :; done");
}

Test(launcher, calls_make_after_every_change_and_else_never)
{
	static const char *const changes[] = {
		"echo 1 >harness/one.c",
		"touch -d 1999-01-01 harness/base/two.h",
		"rm harness/base/two.h",
		"touch harness/three.c",
		"cp -p Makefile other && mv other Makefile",
		"echo >chapters/kit/three.h",
		"chmod 755 build/toolchain",
		"chmod 644 build/toolchain", /* as the next test in this place needs it */
		"printf '#!/bin/sh\\n' >bin/clang && chmod +x bin/clang",
		"rm bin/clang",
		"rm build/made",
		"rm build/stacks.so",
	};

	start("", true);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		let_time_pass();
		start("", false);
		scratch_shell(&scratch, "%s", changes[i]);
		start("", true);
	}
}

Test(launcher, calls_make_in_another_environment)
{
	start("", true);
	let_time_pass();
	start("", false);
	start("COLUMNS=1", false);
	start("HARNESS_CC=gcc", true);
}

Test(launcher, forgets_nothing_when_make_fails)
{
	start("", true);
	let_time_pass();
	scratch_tool(&scratch, "make", "#!/bin/sh\nexit 2\n");
	for (int i = 0; i < 2; i++)
		scratch_shell(&scratch, "PATH=\"$PWD/bin:$PATH\" ./loose --version >said 2>&1; [ $? -eq 3 ]");
}

/* A compiler that finds no room says so in words that find none either. */
Test(launcher, names_the_place_that_has_no_room)
{
	scratch_tool(&scratch, "make", "#!/bin/sh\nexit 2\n");
	scratch_shell(&scratch,
		      "! PATH=\"$PWD/bin:$PATH\" ./loose --version 2>said && grep -q 'the lines above say why' said && "
		      "! TMPDIR=$PWD/nowhere PATH=\"$PWD/bin:$PATH\" ./loose --version 2>said && "
		      "grep -qF \"for '$PWD/nowhere' cannot take 4 MiB more; make room there\" said && "
		      "! ls build/room.* 2>/dev/null");
}

/* Where another command holds the lock until that is said. */
Test(launcher, says_for_what_it_waits)
{
	static const char line[] = "loose: waiting for another command that builds in this workbook";

	scratch_shell(&scratch,
		      "mkfifo go; flock build/lock cat go & "
		      "while flock -n build/lock true; do :; done; "
		      "PATH=\"$PWD/bin:$PATH\" ./loose --version >said 2>words & "
		      "for i in $(seq 600); do grep -qx '%s' words && break; sleep 0.1; done; "
		      "echo >go; wait; grep -q '^loose' said && grep -qx '%s' words",
		      line, line);
}
