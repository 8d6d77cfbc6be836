/*
 * System calls that leave errno alone. errno is a variable of the thread, and
 * the monitor's sampler has none of its own: it shares the first thread's, so a
 * call of the C library that fails would change errno under the program's feet.
 *
 * Each returns what the kernel returns: a negative errno when it failed.
 *
 * This is the one file that knows an architecture. On one that it does not know
 * the calls go through the C library, and there is no sampler.
 */
#ifndef LOOSE_RAW_H
#define LOOSE_RAW_H

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined __x86_64__

enum { RAW_KNOWS_THE_MACHINE = 1 };

static inline long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long fourth __asm__("r10") = d, fifth __asm__("r8") = e, sixth __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined __aarch64__

enum { RAW_KNOWS_THE_MACHINE = 1 };

static inline long raw_call(long number, long a, long b, long c, long d, long e, long f)
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

#else

enum { RAW_KNOWS_THE_MACHINE = 0 };

static inline long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
	int error = errno;
	long result = syscall(number, a, b, c, d, e, f);

	if (result == -1)
		result = -errno;
	errno = error;
	return result;
}

#endif

/* RAW(write, descriptor, text, length): up to six arguments, numbers or pointers. */
#define RAW(...) RAW_PICK(__VA_ARGS__, RAW_6, RAW_5, RAW_4, RAW_3, RAW_2, RAW_1, RAW_0, )(__VA_ARGS__)
#define RAW_PICK(name, a, b, c, d, e, f, chosen, ...) chosen
#define RAW_0(name) raw_call(SYS_##name, 0, 0, 0, 0, 0, 0)
#define RAW_1(name, a) raw_call(SYS_##name, (long)(a), 0, 0, 0, 0, 0)
#define RAW_2(name, a, b) raw_call(SYS_##name, (long)(a), (long)(b), 0, 0, 0, 0)
#define RAW_3(name, a, b, c) raw_call(SYS_##name, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define RAW_4(name, a, b, c, d) raw_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define RAW_5(name, a, b, c, d, e) raw_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define RAW_6(name, a, b, c, d, e, f)                                                                                  \
	raw_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#endif
