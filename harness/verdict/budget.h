/*
 * Leak budgets: bounds on what a program may use, as people write them.
 *
 *     threads <= in_flight + 10
 *     threads at exit <= 1
 *     memory <= start + 16 MiB
 *     dropped == rejected
 *     stops within 500 ms of SIGTERM
 *
 *     bound  := figure ["at exit"] op sum
 *             | "stops within" number time ["of" signal]     of SIGTERM
 *     op     := "<=" | "<" | ">=" | ">" | "==" | "!="
 *     sum    := ["-"] term { ("+" | "-") term }            at most four with a figure
 *     term   := number [unit] ["*" figure] | figure | "start"
 *     unit   := "B" | "KiB" | "MiB" | "GiB" | "%" | "us" | "ms" | "s"
 *     signal := "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"
 *
 * A budget is a list of bounds with commas between them. A number is whole and
 * has at most 15 digits.
 *
 * Figures of every program. main() counts as a thread, until it returns or
 * calls pthread_exit(); in a test program, the thread that runs the test does,
 * and those of the test framework do not.
 *
 *     threads      that run                    unjoined     ended, not detached, not joined
 *     started      by pthread_create() so far  memory       resident; needs B, KiB, MiB or GiB
 *     joined       so far                      descriptors  open
 *     detached     so far                      cpu          time used; needs us, ms, s or %
 *
 * Every other name is a gauge that the program publishes (chapters/kit/gauge.h),
 * and a run in which it publishes none of that name cannot be judged.
 *
 * When a bound holds. <=, <, >= and > hold at every moment: after each start
 * and end of a thread, after each change of a gauge, and whenever memory and
 * descriptors are read. Of memory the kernel keeps the peak; descriptors are
 * read each 10 ms, so a short peak may pass: `descriptors at exit` is exact.
 * With "at exit" a bound holds when main() returns or exit() is called, before
 * what atexit() has registered. == and != hold at exit in any case: no two
 * counters change in one step. cpu is of the whole run, with % in parts of its
 * duration, of which a program that waits needs few on any machine.
 *
 * "start", where the figure is memory or descriptors, is its value when main()
 * begins. "stops within" counts from when the program is asked to (it raises
 * the signal, its handler runs, or sigwait() returns) to its end; a run in
 * which it is never asked cannot be judged.
 *
 * What is declared must not rest on luck. Memory and descriptors need some room
 * beside `start`: the C library and the monitor need a little of both. A thread
 * that nobody waits for may or may not have ended at exit, so that `threads at
 * exit` and `unjoined at exit` can go either way; `joined == started` and
 * `detached <= 0` cannot.
 *
 * A bound's kind, by which a broken one is reported: its figure, with "-below"
 * when the operator is >= or >, and then with "-at-exit" when that is written;
 * "stop" for the last form.
 */
#ifndef LOOSE_BUDGET_H
#define LOOSE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/figures.h"

enum bound_op { BOUND_AT_MOST, BOUND_BELOW, BOUND_AT_LEAST, BOUND_ABOVE, BOUND_EQUAL, BOUND_UNEQUAL };
enum bound_unit { UNIT_NONE, UNIT_BYTES, UNIT_TIME, UNIT_PERCENT };

struct bound {
	char *text; /* as written, with single blanks */
	char *kind;
	char *figure; /* on the left; NULL: "stops within" */
	bool at_exit; /* as written, or because of the operator */
	enum bound_op op;
	enum bound_unit unit;
	long long constant; /* in bytes, microseconds or percent if it has a unit; of "stops within", the deadline */
	struct {
		long long factor;
		char *figure;
		bool start; /* its value at the start */
	} terms[BOUND_TERMS];
	size_t term_count;
	int signal; /* of "stops within" */
};

struct budget {
	struct bound *bounds;
	size_t count;
};

/*
 * Adds what `text` says, bounds with commas between them. False with one line
 * in *error, which the caller owns and which says how to fix it; the budget
 * then has the bounds before that one.
 */
bool budget_parse(struct budget *budget, const char *text, char **error);
void budget_release(struct budget *budget);
/* The bounds of both as one text, for the caller to free. Either may be NULL; NULL when both are. */
char *budget_both(const char *one, const char *other);
/* Whether some bound of it is of this kind. */
bool budget_has_kind(const struct budget *budget, const char *kind);
/* What the monitor is to watch while the program runs: the value of LOOSE_BUDGET, by the bounds' indexes; caller frees. */
char *budget_for_monitor(const struct budget *budget);

/* --- against what was measured --- */

struct figure {
	char *name;
	long long start, peak, at_exit, last; /* bytes, microseconds, or a count */
	bool gauge;
};

struct figures {
	struct figure *items;
	size_t count;
	long long wall_us; /* from start to end */
	long long stop_us; /* from being asked to stop to the end; negative: not asked */
};

enum bound_state { BOUND_HOLDS, BOUND_BROKEN, BOUND_UNKNOWN };

struct bound_outcome {
	enum bound_state state;
	long long value, limit; /* of the left side and the right */
	const char *missing;	/* BOUND_UNKNOWN: a gauge that was not published; NULL: it was not asked to stop */
};

/*
 * What the figures of a run say of a bound. Of one that holds at every moment
 * they know the peak only: where the right side moves too, the monitor's word
 * is needed, which saw both at each moment; here it holds.
 */
struct bound_outcome bound_check(const struct bound *bound, const struct figures *figures);
const struct figure *figures_find(const struct figures *figures, const char *name);
void figures_release(struct figures *figures);
/* A value of the bound's figure for people: "21", "17.3 MiB", "42 %", "1.204 s"; caller frees. */
char *bound_amount(const struct bound *bound, long long value);

#endif
