/* The budget's kinds. See budget_findings.h. */
#include "budget_findings.h"
#include "detectors/advice.h"
#include "wire/figures.h"

/* Of a figure, at any moment and at exit. */
#define OVER_STARTED                                                                                                   \
	"More threads were started than the budget allows: one per request, perhaps, "                                 \
	"where a pool was meant."
#define OVER_JOINED                                                                                                    \
	"Not as many threads were joined as the budget says: somebody's end was not "                                  \
	"waited for."
#define OVER_DETACHED                                                                                                  \
	"More threads were detached than the budget allows: nobody can wait for them any "                             \
	"more."
#define OVER_UNJOINED                                                                                                  \
	"Threads have ended and nobody joined them: their stacks and results are kept "                                \
	"for ever."
#define OVER_MEMORY                                                                                                    \
	"The program used more memory than the budget allows: something grows with no "                                \
	"bound."
#define OVER_DESCRIPTORS                                                                                               \
	"The program had more descriptors open than the budget allows: some are never "                                \
	"closed."

const struct kind budget_kinds[] = {
	{FIGURE_THREADS, NULL,
	 "At some moment more threads ran than the budget allows: they are started faster "
	 "than they end, or nothing bounds their number.",
	 LOOK_AT_STARTED},
	{FIGURE_STARTED, NULL, OVER_STARTED, LOOK_AT_STARTED},
	{FIGURE_JOINED, NULL, OVER_JOINED, LOOK_AT_ENDED},
	{FIGURE_DETACHED, NULL, OVER_DETACHED, LOOK_AT_ENDED},
	{FIGURE_UNJOINED, NULL, OVER_UNJOINED, LOOK_AT_ENDED},
	{FIGURE_MEMORY, NULL, OVER_MEMORY, LOOK_AT_GROWS},
	{FIGURE_DESCRIPTORS, NULL, OVER_DESCRIPTORS, LOOK_AT_DESCRIPTOR},
	{FIGURE_THREADS "-at-exit", NULL,
	 "The program ended while threads still ran. No thread waited for their end, "
	 "and what they were about to do is lost.",
	 LOOK_AT_ENDED},
	{FIGURE_STARTED "-at-exit", NULL, OVER_STARTED, LOOK_AT_STARTED},
	{FIGURE_JOINED "-at-exit", NULL, OVER_JOINED, LOOK_AT_ENDED},
	{FIGURE_DETACHED "-at-exit", NULL, OVER_DETACHED, LOOK_AT_ENDED},
	{FIGURE_UNJOINED "-at-exit", NULL, OVER_UNJOINED, LOOK_AT_ENDED},
	{FIGURE_MEMORY "-at-exit", NULL, OVER_MEMORY, LOOK_AT_GROWS},
	{FIGURE_DESCRIPTORS "-at-exit", NULL, OVER_DESCRIPTORS, LOOK_AT_DESCRIPTOR},
	{FIGURE_CPU, NULL,
	 "The program used more CPU time than the budget allows: it runs in circles where "
	 "it should wait.",
	 "what this program does when it has nothing to do. Does it wait for something, "
	 "or ask again and again?"},
	{"stop", NULL,
	 "The program was asked to stop and took longer than the budget allows: some "
	 "thread does not hear, or somebody waits for one that does not end.",
	 "the way from the request to the end. Which thread never hears it, which wait "
	 "has no limit, and who gives up in time?"},
	{"*", NULL,
	 "A number that the program publishes of itself left the budget: a queue or a "
	 "counter has no bound, or two counters that must agree do not.",
	 "who changes this number, and what bounds it. Which promise about it is kept on "
	 "some paths only?"},
	{NULL, NULL, NULL, NULL},
};
