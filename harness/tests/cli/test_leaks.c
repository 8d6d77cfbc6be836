/*
 * The harness built with AddressSanitizer and UndefinedBehaviorSanitizer, from
 * its first line to its end: what is typed wrongly, files that are none, and a
 * machine that fails it. It frees all that it took on every way out.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "scratch.h"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(leaks, .init = make, .fini = unmake, .timeout = 600);

/* `script` is of the shell, with $R for the scratch workbook and $L for the harness. */
static void expect(int status, const char *script)
{
	char command[2048];

	snprintf(
		command, sizeof command,
		"R='%s'; L=\"$PWD/build/asan/loose\"; export LOOSE_ROOT=\"$R\"; { %s; } >\"$R/out\" 2>\"$R/err\" </dev/null",
		scratch.root, script);
	int ended = system(command);
	char *err = scratch_read(&scratch, "err");
	cr_expect_null(strstr(err, "Sanitizer"), "%s: %s", script, err);
	cr_expect_null(strstr(err, "runtime error"), "%s: %s", script, err);
	cr_expect(WIFEXITED(ended) && WEXITSTATUS(ended) == status, "%s: status %x: %s", script, (unsigned)ended, err);
	free(err);
}

Test(leaks, of_what_is_only_told)
{
	static const char *const scripts[] = {
		"$L",
		"$L help verify",
		"$L check --help",
		"$L --version",
		"$L man",
		"$L completion bash",
		"$L completion zsh",
		"$L list",
		"$L list implicit",
		"$L show implicit",
		"$L show implicit --exercise",
		"$L diff implicit",
		"$L doctor --kinds",
	};

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		expect(0, scripts[i]);
}

Test(leaks, of_what_is_typed_wrongly)
{
	static const char *const scripts[] = {
		"$L judge",
		"$L verfiy",
		"$L verify --quickly",
		"$L verify --repeat",
		"$L verify --repeat many",
		"$L verify --jobs 0",
		"$L verify --fresh=1",
		"$L verify --j 1",
		"$L verify --json ''",
		"$L verify --json - --junit -",
		"$L verify --json /no/such",
		"$L verify --json $R/x --junit /no/such",
		"$L verify --detector lint",
		"$L verify no-such",
		"$L verify implicit implicit no-such",
		"$L run implicit no-such",
		"$L run implicit broken fixed",
		"$L run implicit --plot x.png",
		"$L show",
		"$L diff no-such",
		"$L completion fish",
		"$L text no-such.md",
		"$L check",
		"$L check no-such.c",
		"$L check $R",
		"$L check no-such-exercise",
		"$L check -I",
		"$L check -c $R/" BROKEN,
		"$L check -O2 $R/" BROKEN,
		"$L check --budget 'threads <' $R/" BROKEN,
		"$L check --budget 'threads <= 1, nothing at all' $R/" BROKEN,
		"$L check --json /no/such $R/" BROKEN,
	};

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		expect(2, scripts[i]);
}

Test(leaks, of_files_that_are_no_programs)
{
	static const char *const scripts[] = {
		"mkfifo $R/fifo.c; $L check $R/fifo.c",
		"ln -s /dev/zero $R/zero.c; $L check $R/zero.c",
		"mkdir $R/folder.c; $L check $R/folder.c",
		"printf 'int a;\\0\\n' >$R/nul.c; $L check $R/nul.c",
		"printf 'oops' >$R/oops.c; $L check $R/oops.c",
		"printf '/*\\n * Promise   x.\\n * tsan  shouts\\n */\\n' >$R/bad.c; $L check $R/bad.c",
		"printf '/*\\n * Promise   x.\\n' >$R/open.c; $L check $R/open.c",
		"printf '/*\\n * tsan  fires  data-race in\\n */\\n' >$R/" BROKEN
		"; $L verify --chapters --detector budget",
		">$R/" FIXED "; $L verify --chapters --detector budget",
	};

	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		expect(2, scripts[i]);
}

#define VERIFY "$L verify --chapters --detector budget implicit"

Test(leaks, of_a_judging)
{
	expect(0, VERIFY " --json $R/json --junit $R/junit --timings");
	expect(0, VERIFY " --json -");
	expect(0, "$L run implicit fixed --detector budget");
	expect(0, "$L run implicit broken --detector budget");
	expect(1, "printf 'int main(void) { char *p = 0; return *p; }' >$R/x.c; $L check --json $R/json $R/x.c");
	expect(1, "sed -i 's/ detached <= 0/ detached <= 1/' $R/" BROKEN "; " VERIFY);
}

/* Each thing that the machine may lack, before a judging and within it. */
Test(leaks, where_the_machine_fails)
{
	expect(3, VERIFY " --fresh --json /dev/full");
	expect(3, "$L list >/dev/full");
	expect(3, "TMPDIR=/proc " VERIFY);
	expect(3, "(ulimit -n 40; " VERIFY ")");
	expect(3, "(ulimit -f 100; " VERIFY ")");
	expect(3, "mkdir $R/none; ln -s $(command -v make flock valgrind) $R/none; PATH=$R/none " VERIFY);
	expect(3, "rm $R/none/flock; ln -s $(command -v clang) $R/none; PATH=$R/none " VERIFY);
	expect(3, "mv $R/build/cache $R/kept; mkdir $R/build/cache; " VERIFY);
	expect(3, "rmdir $R/build/cache; mv $R/kept $R/build/cache; rm -rf $R/build/run; >$R/build/run; " VERIFY
		  " --fresh");
	expect(3, "rm $R/build/run $R/build/monitor.so; " VERIFY);
	expect(3, "rm $R/build/supervisor; $L doctor");
	expect(3, "printf '#!/no/such\\n' >$R/build/supervisor; chmod +x $R/build/supervisor; $L doctor");
}

/* While it trusts, builds and runs: from a program that it judges, so that it is there. */
Test(leaks, where_a_signal_ends_it)
{
	static const char program[] = "#define _POSIX_C_SOURCE 200809L\n"
				      "#include <signal.h>\n#include <stdlib.h>\n#include <unistd.h>\n"
				      "int main(int argc, char **argv)\n{\n\tkill(atoi(argv[1]), atoi(argv[2]));\n"
				      "\tfor (;;)\n\t\tpause();\n\treturn argc;\n}\n";

	scratch_write(&scratch, "signals.c", program);
	expect(130, "sh -c 'exec \"$0\" check \"$1\" -- $$ 2' $L $R/signals.c");
	expect(143, "sh -c 'exec \"$0\" check \"$1\" -- $$ 15' $L $R/signals.c");
	expect(143, "timeout -s TERM 0.3 $L verify --fresh; s=$?; [ $s = 124 ] && s=143; (exit $s)");
}
