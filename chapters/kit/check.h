/*
 * Checks that are always evaluated. assert() around a call that has an effect
 * is a bug: with NDEBUG the call itself is gone.
 *
 * Which one to use depends on what would be at fault. CHECK and REQUIRE are for
 * what cannot be false unless the program itself is wrong: they abort. NEED and
 * HAVE are for what the machine may refuse to a right program at any time,
 * memory, a thread, a descriptor: they say so, and end the process at once with
 * EXIT_REFUSED, whatever other threads are about. What a peer sends is for
 * neither: it is an input, and has an answer.
 *
 *     CHECK(pthread_mutex_lock(&lock));
 *     NEED(pthread_create(&thread, NULL, work, job));
 *     struct job *job = calloc(1, sizeof *job);
 *     HAVE(job);
 *
 * A library must not end its caller's process: it undoes what it has begun and
 * returns an error. These programs may, since they are whole, and have nobody
 * to return to.
 */
#ifndef KIT_CHECK_H
#define KIT_CHECK_H

#include <stdbool.h>

/* The exit status of a program that was refused something: its promise neither holds nor is broken. */
#define EXIT_REFUSED 3

/* For calls that return 0 or an error number, as pthread_* do: prints the call, the error and the place, and aborts. */
#define CHECK(call) check_zero((call), #call, __FILE__, __LINE__)

/* For a condition that cannot be false unless the program itself is wrong: prints it and aborts. */
#define REQUIRE(condition) ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))

/* For calls that return 0 or an error number and may be refused: prints what and why, and ends the process. */
#define NEED(call) check_refused((call), #call, __FILE__, __LINE__)

/* For a result that is missing when the machine has refused it, with the reason in errno; else as NEED. */
#define HAVE(result) ((result) ? (void)0 : check_missing(#result, __FILE__, __LINE__))

/*
 * The last act of main(): prints what the program promised to keep true, and
 * returns its exit status: 0 when it holds, 1 when it is broken.
 *
 *     return invariant(persisted == accepted, "accepted %d, persisted %d", accepted, persisted);
 */
int invariant(bool holds, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * For a program that gives up while threads of its own are still at work:
 * writes out what was printed, and ends the process at once. To return from
 * main() instead would tear down what those threads use.
 */
_Noreturn void end_process(int status);

void check_zero(int error, const char *call, const char *file, int line);
_Noreturn void check_failed(const char *text, const char *file, int line);
void check_refused(int error, const char *call, const char *file, int line);
_Noreturn void check_missing(const char *text, const char *file, int line);

#endif
