/*
 * Checks that are always evaluated. assert() around a call that has an effect
 * is a bug: with NDEBUG the call itself is gone.
 */
#ifndef KIT_CHECK_H
#define KIT_CHECK_H

#include <stdbool.h>

/* For calls that return 0 or an error number, as pthread_* do: prints the call, the error and the place, and aborts. */
#define CHECK(call) check_zero((call), #call, __FILE__, __LINE__)

/* For a condition that cannot be false unless the program itself is wrong: prints it and aborts. */
#define REQUIRE(condition) check_true((condition), #condition, __FILE__, __LINE__)

/*
 * The last act of main(): prints what the program promised to keep true, and
 * returns its exit status: 0 when it holds, 1 when it is broken.
 *
 *     return invariant(persisted == accepted, "accepted %d, persisted %d", accepted, persisted);
 */
int invariant(bool holds, const char *format, ...) __attribute__((format(printf, 2, 3)));

void check_zero(int error, const char *call, const char *file, int line);
void check_true(bool condition, const char *text, const char *file, int line);

#endif
