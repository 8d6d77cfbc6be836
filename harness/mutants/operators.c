/*
 * The operators. Each is a mistake that people make with threads, as the
 * exercises' wrong fixes show; none asks what the program is for.
 */
#include "made.h"

#include "base/mem.h"

static const struct {
	const char *name;
	void (*make)(struct maker *maker);
} operators[] = {
	{"signal for broadcast", make_signal},
	{"no wake-up", make_no_wake_up},
	{"if for while", make_if},    /* around a wait */
	{"deadline anew", make_anew}, /* at each wake-up */
	{"tenth of the deadline", make_tenth},
	{"ten times the deadline", make_tenfold},
	{"no join", make_no_join},
	{"no stop", make_no_stop},
	{"no lock", make_no_lock},	     /* none of a lock's pairs of lock and unlock */
	{"lock on one side", make_one_side}, /* one of them is not there */
	{"one lock for two", make_one_for_two},
	{"one lock for all", make_one_for_all}, /* where each object has its own */
	{"two locks for one", make_two_for_one},
	{"no flag", make_no_flag},
	{"no count", make_no_count},
	{"no free", make_no_free},
	{"boundary", make_boundary},
	{"steps swapped", make_swapped}, /* of a shutdown */
	{"no error", make_no_error},	 /* what failed is said to have gone well */
};

enum { OPERATORS = sizeof operators / sizeof *operators };

const char *mutant_operator(size_t index)
{
	return index < OPERATORS ? operators[index].name : NULL;
}

void mutants_make(struct mutants *all, const char *source)
{
	struct tokens tokens;

	tokens_read(&tokens, source);
	for (size_t i = 0; i < OPERATORS; i++) {
		struct maker maker = {&tokens, operators[i].name, all};
		operators[i].make(&maker);
	}
	tokens_release(&tokens);
}
