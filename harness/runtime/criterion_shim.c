/*
 * Linked into test programs that are built with ThreadSanitizer, on x86-64:
 * without it Criterion gives up with "Could not initialize inheritable arena"
 * (Snaipe/Criterion#274).
 *
 * Criterion's BoxFort keeps what a test process inherits in an arena that must
 * lie at the same address in parent and child. It draws that address as
 *
 *     0x200000000000 + ((rand_r(&seed) & 0x3fffff) << 24)
 *
 * and ThreadSanitizer leaves a program only a few ranges of the address space;
 * nearly every draw is outside. This rand_r() draws from 0x352000 to 0x35ffff,
 * so that the arena starts between 0x552000000000 and 0x55ffff000000, which is
 * inside the range that both clang 14 and clang 19 leave to a
 * position-independent executable. The executable's definition is used instead
 * of the C library's because the dynamic linker looks there first.
 *
 * The bits that BoxFort masks away stay random. A program under test that wants
 * random numbers of its own should not take them from rand_r().
 */
#include <stdlib.h>

#ifdef __x86_64__

enum { ARENA_FIRST = 0x352000, ARENA_LAST = 0x35ffff, ARENA_BITS = 22, ABOVE_BITS = 9 };

int rand_r(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	unsigned arena = ARENA_FIRST + (*seed >> 8) % (ARENA_LAST - ARENA_FIRST + 1);
	*seed = *seed * 1103515245u + 12345u;
	unsigned above = *seed >> (32 - ABOVE_BITS);
	return (int)(above << ARENA_BITS | arena);
}

#else

/* C wants a declaration in every file. */
extern int criterion_shim_is_for_x86_64;

#endif
