/* The budget's kinds. See budget_findings.h. */
#include "budget_findings.h"
#include "detectors/advice.h"
#include "wire/figures.h"

/* Of a figure, at any moment and at exit. */
#define OVER_STARTED                                                                                                   \
	"More threads were started than the budget allows: one per request, perhaps, "                                 \
	"where a pool was meant."
#define OVER_JOINED                                                                                                    \
	"Not as many threads were joined as the budget says: one end was not "                                         \
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

/* The same figures where a bound says how much there must be: `threads >= workers + 1`. */
#define BELOW(figure, meaning, advice)                                                                                 \
	{figure "-below", NULL, meaning, advice},                                                                      \
	{                                                                                                              \
		figure "-below-at-exit", NULL, meaning, advice                                                         \
	}
#define TOO_FEW(of)                                                                                                    \
	"Fewer threads " of " than the budget asks for: one was never started, or has ended "                          \
	"while its work went on."
#define LOOK_AT_MISSING                                                                                                \
	"each return of the function that these threads run. Which error ends a thread that "                          \
	"should have stayed, and who starts another?"
#define LOOK_AT_TOO_LITTLE "what was to be there and is not. Which path never took it, or gave it back too early?"

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
	BELOW(FIGURE_THREADS, TOO_FEW("ran at some moment"), LOOK_AT_MISSING),
	BELOW(FIGURE_STARTED, TOO_FEW("were started"), LOOK_AT_MISSING),
	BELOW(FIGURE_JOINED,
	      "Fewer threads were joined than the budget asks for: one end was not "
	      "waited for.",
	      LOOK_AT_ENDED),
	BELOW(FIGURE_DETACHED, "Fewer threads were detached than the budget asks for.", LOOK_AT_ENDED),
	BELOW(FIGURE_UNJOINED, "Fewer ended threads are left to join than the budget asks for.", LOOK_AT_ENDED),
	BELOW(FIGURE_MEMORY, "Less memory was used than the budget asks for.", LOOK_AT_TOO_LITTLE),
	BELOW(FIGURE_DESCRIPTORS, "Fewer descriptors were open than the budget asks for.", LOOK_AT_TOO_LITTLE),
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
