/*
 * Steps two, three and five of a shutdown, and what becomes of those who come
 * too late: nothing more is accepted, all that was accepted is done, once, and
 * each customer has an answer. The bound is the only thing that a thread for
 * each job breaks: it does all that is promised, with as many threads as
 * customers like.
 *
 * Promise   every wrong design is excluded, and no right one.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1
 */
#include "press.h"

const struct contract press_contract = {
	.promises =
		{
			"a job is printed at most once",
			"a job that is refused is still its customer's",
			"when press_close() returns, every job that was accepted has been printed",
			"once press_close() has been called, no job is accepted any more",
			"once press_close() has been called, no customer waits for a place",
		},
	.budget = "threads <= 3",
};
