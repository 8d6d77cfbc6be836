/*
 * What differs from one machine to another, and nothing else does: the one
 * file of the workbook that knows an architecture. A test holds all others to
 * that (harness/tests/unit/rooms/test_machine.c).
 *
 *     MACHINE_IS_KNOWN           0: system calls go through the C library
 *     machine_call()             a system call that leaves errno alone
 *     struct machine_frame       what a frame pointer points to
 *     machine_return_address()   a return address as it was saved, as an address
 *
 * Known are x86-64 and aarch64. To make another one known: these four, and a
 * run of `./loose test` there.
 */
#ifndef LOOSE_MACHINE_H
#define LOOSE_MACHINE_H

#include <stdint.h>

/* The same on both. Elsewhere a trace ends early: an address that is none is not taken for one. */
struct machine_frame {
	uintptr_t caller; /* its frame */
	uintptr_t saved;  /* where to return to, as machine_return_address() takes it */
};

#if defined __x86_64__

enum { MACHINE_IS_KNOWN = 1 };

static inline long machine_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long fourth __asm__("r10") = d, fifth __asm__("r8") = e, sixth __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
}

static inline uintptr_t machine_return_address(uintptr_t saved)
{
	return saved;
}

#elif defined __aarch64__

enum { MACHINE_IS_KNOWN = 1 };

static inline long machine_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long what __asm__("x8") = number, first __asm__("x0") = a, second __asm__("x1") = b;
	register long third __asm__("x2") = c, fourth __asm__("x3") = d, fifth __asm__("x4") = e,
			    sixth __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(first)
			 : "r"(what), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "memory");
	return first;
}

/*
 * Code that is compiled with -mbranch-protection, as Ubuntu's libraries are,
 * signs the address in its unused bits before it saves it. This instruction
 * (xpaclri, by its number, for older assemblers) takes the signature away; to
 * processors that sign nothing it is none.
 */
static inline uintptr_t machine_return_address(uintptr_t saved)
{
	register uintptr_t address __asm__("x30") = saved;

	__asm__("hint #7" : "+r"(address));
	return address;
}

#else

#include <errno.h>
#include <unistd.h>

enum { MACHINE_IS_KNOWN = 0 };

static inline long machine_call(long number, long a, long b, long c, long d, long e, long f)
{
	int error = errno;
	long result = syscall(number, a, b, c, d, e, f);

	if (result == -1)
		result = -errno;
	errno = error;
	return result;
}

static inline uintptr_t machine_return_address(uintptr_t saved)
{
	return saved;
}

#endif

#endif
