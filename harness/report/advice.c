/* What to look at next, by what was reported: questions to put to the code, not the answer. */
#include "parts.h"

#include <string.h>

#include "verdict/detector.h"

#define RACE                                                                                                            \
	"the two accesses. Which lock guards this data, and does every side hold it? If one side may only come later, " \
	"what makes it wait: a join, a gate, a queue?"
#define FREED                                                                                                          \
	"who frees this, and who may still use it then. What tells the owner that the last user is done: which join, " \
	"which count?"
#define OUTSIDE                                                                                                        \
	"the block's life and its length. Who frees it, and who may still use it then? What tells the owner that the " \
	"last user is done: which join, which count?"
#define LEAK                                                                                                           \
	"who owns this block at the end, on every path, also when a queue is dropped with items in it or a thread "    \
	"ends early."
#define ORDER                                                                                                          \
	"the order in which each thread takes these locks. Is there one order that all code can keep? Is a callback "  \
	"run, or a thread joined, with a lock held?"
#define UNLOCK                                                                                                         \
	"every way out of the function that took the lock. Who holds it here, and is it the same thread that took it?"
#define DESTROYED                                                                                                      \
	"who destroys the lock or the condition, and who may still use it then. Have all its users been joined?"
#define CALL                                                                                                           \
	"the call's error. Is the thread joined or detached twice, or by nobody? Is the lock or the condition alive, " \
	"and in the state that this call needs?"
#define UNSET "where this value was to be written. Which thread writes it, and what makes the reader wait for that?"
#define SIGNALLED                                                                                                      \
	"the data that those who wait look at. Is each change of it made under the mutex that they wait with? Then "   \
	"nothing is lost, wherever the signal is sent."
#define MISUSED                                                                                                         \
	"the life of this lock or condition. Who makes it, who destroys it, and who may still use it then? Does every " \
	"wait hold the mutex that goes with the condition?"
#define SIZE "where this size comes from: can it be negative, zero, or changed by another thread meanwhile?"
#define HANDLER "what the signal handler calls. Could it only note the signal, and a thread do the work?"
#define STARTED                                                                                                             \
	"what starts these threads, and what bounds their number. If more work comes than they can do, who waits, and who " \
	"is told no?"
#define ENDED                                                                                                             \
	"who joins these threads, on every path, and what tells them to end. If nobody can wait, who may still use what " \
	"they use?"
#define GROWS "what is added and what is taken away. What bounds it when the one side is faster than the other?"
#define DESCRIPTOR "who owns this descriptor. Who closes it, and who may still use it, or its number, after that?"

static const struct {
	const char *kind, *advice;
} advices[] = {
	/* ThreadSanitizer */
	{"data-race", RACE},
	{"data-race-vptr", RACE},
	{"external-race", RACE},
	{"heap-use-after-free", FREED},
	{"heap-use-after-free-vptr", FREED},
	{"thread-leak",
	 "who joins this thread. Who keeps its handle, and on which path is that owner left without a join?"},
	{"invalid-join",
	 "who joins this thread. Which two paths end it, and which of them may be the second? Who clears the handle?"},
	{"lock-order-inversion", ORDER},
	{"mutex-bad-unlock", UNLOCK},
	{"mutex-bad-read-lock", UNLOCK},
	{"mutex-bad-read-unlock", UNLOCK},
	{"mutex-double-lock", UNLOCK},
	{"mutex-cannot-be-locked", UNLOCK},
	{"locked-mutex-destroy", DESTROYED},
	{"mutex-invalid-access", DESTROYED},
	{"signal-unsafe-call", HANDLER},
	{"errno-in-signal-handler", HANDLER},
	/* Helgrind */
	{"Race", RACE},
	{"LockOrder", ORDER},
	{"UnlockUnlocked", UNLOCK},
	{"UnlockForeign", UNLOCK},
	{"UnlockBogus", DESTROYED},
	{"PthAPIerror", CALL},
	{"Misc", MISUSED},
	{"Dubious", SIGNALLED},
	/* DRD */
	{"ConflictingAccess", RACE},
	{"MutexErr", UNLOCK},
	{"CondErr", MISUSED},
	{"CondDestrErr", DESTROYED},
	{"CondRaceErr", SIGNALLED},
	{"CondWaitErr", "the wait, and which mutex its thread holds there."},
	{"RwlockErr", UNLOCK},
	{"BarrierErr", DESTROYED},
	{"SemaphoreErr", DESTROYED},
	{"FdBadClose", DESCRIPTOR},
	{"FdBadUse", DESCRIPTOR},
	{"FdNotClosed", DESCRIPTOR},
	{"GenericErr", MISUSED},
	{"InvalidThreadId", CALL},
	{"HoldtimeErr", "what is done while the lock is held, and what of it could be done before or after."},
	/* memcheck */
	{"InvalidRead", OUTSIDE},
	{"InvalidWrite", OUTSIDE},
	{"InvalidJump", OUTSIDE},
	{"InvalidFree", "who owns this block. Handing it over must leave one owner: who believes to be it twice?"},
	{"MismatchedFree", "where this block comes from; what makes it says what must release it."},
	{"UninitCondition", UNSET},
	{"UninitValue", UNSET},
	{"SyscallParam", UNSET},
	{"ClientCheck", UNSET},
	{"InvalidMemPool", FREED},
	{"CoreMemError", FREED},
	{"MismatchedAllocateDeallocateSize",
	 "what makes this block and what releases it; both must mean the same size."},
	{"MismatchedAllocateDeallocateAlignment",
	 "what makes this block and what releases it; both must mean the same alignment."},
	{"FishyValue", SIZE},
	{"ReallocSizeZero", SIZE},
	{"InvalidAlignment", SIZE},
	{"InvalidSize", SIZE},
	{"InvalidSizeAndAlignment", SIZE},
	{"Overlap", "the lengths in this copy, and who computes them."},
	{"Leak_DefinitelyLost", LEAK},
	{"Leak_IndirectlyLost", LEAK},
	{"Leak_PossiblyLost",
	 "whether a thread was still running at the end: its memory counts as possibly lost. Who joins it?"},
	{"Leak_StillReachable", LEAK},
	/* the leak budget */
	{"threads", STARTED},
	{"started", STARTED},
	{"started-at-exit", STARTED},
	{"threads-at-exit", ENDED},
	{"joined", ENDED},
	{"joined-at-exit", ENDED},
	{"detached", ENDED},
	{"detached-at-exit", ENDED},
	{"unjoined", ENDED},
	{"unjoined-at-exit", ENDED},
	{"memory", GROWS},
	{"memory-at-exit", GROWS},
	{"descriptors", DESCRIPTOR},
	{"descriptors-at-exit", DESCRIPTOR},
	{"cpu",
	 "what this program does when it has nothing to do. Does it wait for something, or ask again and again?"},
	{"stop",
	 "the way from the request to the end. Which thread never hears it, which wait has no limit, and who gives up in "
	 "time?"},
	{"*", "who changes this number, and what bounds it. Which promise about it is kept on some paths only?"},
};

static const char *find(const char *kind)
{
	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
		if (strcmp(advices[i].kind, kind) == 0)
			return advices[i].advice;
	return NULL;
}

const char *advice_for(const struct detector *detector, const char *kind)
{
	const char *advice = detector->advise ? detector->advise(kind) : NULL;

	if (!advice)
		advice = find(kind);
	/* A kind that is a name of the program's own. */
	return !advice && detector_knows_kind(detector, "*") ? find("*") : advice;
}
