/* The lean copy of the C library (the Makefile's LEAN) is made of the library that is there, whatever its time says. */
#include <criterion/criterion.h>

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

TestSuite(lean, .init = make, .fini = unmake, .timeout = 120);

#define MAKE_IT "make -s --no-print-directory LEAN=lean LIBC=library lean/libc.so.6 && "

Test(lean, copy_is_made_anew_after_an_upgrade_only)
{
	scratch_shell(&scratch, "echo first >library && " MAKE_IT "touch -r lean/libc.so.6 made && " MAKE_IT
				"[ ! lean/libc.so.6 -nt made ]");
	/* As a package does: another file, and older than the copy. */
	scratch_shell(&scratch, "echo second >new && touch -d 1999-01-01 new && mv new library && " MAKE_IT
				"[ lean/libc.so.6 -nt made ]");
}
