/*
 * System calls that leave errno alone. errno is a variable of the thread, and
 * the monitor's sampler has none of its own: it shares the first thread's, so a
 * call of the C library that fails would change errno under the program's feet.
 *
 * Each returns what the kernel returns: a negative errno when it failed.
 *
 * On a machine that machine.h does not know the calls go through the C library.
 */
#ifndef LOOSE_RAW_H
#define LOOSE_RAW_H

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/machine.h"

/* RAW(write, descriptor, text, length): up to six arguments, numbers or pointers. */
#define RAW(...) RAW_PICK(__VA_ARGS__, RAW_6, RAW_5, RAW_4, RAW_3, RAW_2, RAW_1, RAW_0, )(__VA_ARGS__)
#define RAW_PICK(name, a, b, c, d, e, f, chosen, ...) chosen
#define RAW_0(name) machine_call(SYS_##name, 0, 0, 0, 0, 0, 0)
#define RAW_1(name, a) machine_call(SYS_##name, (long)(a), 0, 0, 0, 0, 0)
#define RAW_2(name, a, b) machine_call(SYS_##name, (long)(a), (long)(b), 0, 0, 0, 0)
#define RAW_3(name, a, b, c) machine_call(SYS_##name, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define RAW_4(name, a, b, c, d) machine_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define RAW_5(name, a, b, c, d, e) machine_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define RAW_6(name, a, b, c, d, e, f)                                                                                  \
	machine_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#endif
