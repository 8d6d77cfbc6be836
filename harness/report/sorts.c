/* What each kind of finding is, in a few words, and which kinds are names for one fault. See parts.h. */
#include "parts.h"

#include <string.h>

#include "verdict/detector.h"
#include "verdict/finding.h"

static const struct sort unknown = {NULL, FAMILY_NONE, RANK_MISUSE, NULL};

static const struct sort sorts[] = {
	/* accesses */
	{"data-race", FAMILY_ACCESS, RANK_MEMORY, "A data race"},
	{"data-race-vptr", FAMILY_ACCESS, RANK_MEMORY, "A data race"},
	{"external-race", FAMILY_ACCESS, RANK_MEMORY, "A data race"},
	{"Race", FAMILY_ACCESS, RANK_MEMORY, "A data race"},
	{"ConflictingAccess", FAMILY_ACCESS, RANK_MEMORY, "A data race"},
	{"heap-use-after-free", FAMILY_ACCESS, RANK_MEMORY, "A use of freed memory"},
	{"heap-use-after-free-vptr", FAMILY_ACCESS, RANK_MEMORY, "A use of freed memory"},
	{"InvalidRead", FAMILY_ACCESS, RANK_MEMORY, "A read of memory that is not the program's"},
	{"InvalidWrite", FAMILY_ACCESS, RANK_MEMORY, "A write to memory that is not the program's"},
	{"InvalidJump", FAMILY_ACCESS, RANK_MEMORY, "A jump to where no code is"},
	{"InvalidFree", FAMILY_NONE, RANK_MEMORY, "A block that is freed twice, or that malloc() never gave"},
	{"MismatchedFree", FAMILY_NONE, RANK_MISUSE, "A block that is given back otherwise than it was asked for"},
	{"UninitValue", FAMILY_NONE, RANK_MISUSE, "A use of a value that nobody wrote"},
	{"UninitCondition", FAMILY_NONE, RANK_MISUSE, "A decision by a value that nobody wrote"},
	{"SyscallParam", FAMILY_NONE, RANK_MISUSE, "Memory handed to the kernel that nobody wrote, or that is freed"},
	{"Overlap", FAMILY_NONE, RANK_MISUSE, "A copy whose source and destination overlap"},
	{"Leak_DefinitelyLost", FAMILY_NONE, RANK_LEFT, "Memory that nobody can free any more"},
	{"Leak_IndirectlyLost", FAMILY_NONE, RANK_LEFT, "Memory that nobody can free any more"},
	{"Leak_PossiblyLost", FAMILY_NONE, RANK_LEFT, "Memory that perhaps nobody can free any more"},
	{"Leak_StillReachable", FAMILY_NONE, RANK_LEFT, "Memory that nobody has freed"},
	/* locks */
	{"lock-order-inversion", FAMILY_ORDER, RANK_MISUSE, "Locks that are taken in opposite orders"},
	{"LockOrder", FAMILY_ORDER, RANK_MISUSE, "Locks that are taken in opposite orders"},
	{"mutex-bad-unlock", FAMILY_UNLOCK, RANK_MISUSE, "An unlock by a thread that does not hold the lock"},
	{"mutex-bad-read-unlock", FAMILY_UNLOCK, RANK_MISUSE, "An unlock by a thread that does not hold the lock"},
	{"UnlockUnlocked", FAMILY_UNLOCK, RANK_MISUSE, "An unlock of a lock that nobody holds"},
	{"UnlockForeign", FAMILY_UNLOCK, RANK_MISUSE, "An unlock by a thread that does not hold the lock"},
	{"UnlockBogus", FAMILY_UNLOCK, RANK_MISUSE, "An unlock of what is not a lock, or no longer one"},
	{"MutexErr", FAMILY_UNLOCK, RANK_MISUSE, "A mutex used against its rules"},
	{"mutex-double-lock", FAMILY_UNLOCK, RANK_MISUSE, "A lock that its holder takes again"},
	{"mutex-bad-read-lock", FAMILY_UNLOCK, RANK_MISUSE, "A lock that its holder takes again"},
	{"mutex-cannot-be-locked", FAMILY_UNLOCK, RANK_MISUSE, "A lock taken where it must not be"},
	{"mutex-invalid-access", FAMILY_UNLOCK, RANK_MISUSE, "A use of what is not a lock, or no longer one"},
	{"locked-mutex-destroy", FAMILY_UNLOCK, RANK_MISUSE, "A lock that is destroyed while a thread holds it"},
	{"RwlockErr", FAMILY_UNLOCK, RANK_MISUSE, "A reader-writer lock used against its rules"},
	{"HoldtimeErr", FAMILY_NONE, RANK_LEFT, "A lock that is held longer than allowed"},
	{"Misc", FAMILY_UNLOCK, RANK_MISUSE, "A lock or a condition used against its rules"},
	{"HeldAtExit", FAMILY_UNLOCK, RANK_MISUSE, "A lock that its holder keeps for ever"},
	{"GenericErr", FAMILY_UNLOCK, RANK_MISUSE, "An object used as what it is not"},
	/* conditions and the like */
	{"CondErr", FAMILY_UNLOCK, RANK_MISUSE, "A condition used against its rules"},
	{"CondDestrErr", FAMILY_UNLOCK, RANK_MISUSE, "A condition that is destroyed while a thread waits on it"},
	{"CondWaitErr", FAMILY_UNLOCK, RANK_MISUSE, "A wait with a mutex that its thread has not locked"},
	{"SemaphoreErr", FAMILY_UNLOCK, RANK_MISUSE, "A semaphore used against its rules"},
	{"BarrierErr", FAMILY_UNLOCK, RANK_MISUSE, "A barrier used against its rules"},
	{"Dubious", FAMILY_SIGNAL, RANK_ALLOWED,
	 "A signal sent without the mutex of those who wait, which may be right"},
	{"CondRaceErr", FAMILY_SIGNAL, RANK_ALLOWED,
	 "A signal sent without the mutex of those who wait, which may be right"},
	{"signal-unsafe-call", FAMILY_NONE, RANK_MISUSE, "A call that a signal handler must not make"},
	{"errno-in-signal-handler", FAMILY_NONE, RANK_MISUSE, "A signal handler that changes errno"},
	/* threads */
	{"invalid-join", FAMILY_JOIN, RANK_MISUSE, "A join of a thread that cannot be joined"},
	{"InvalidThreadId", FAMILY_JOIN, RANK_MISUSE, "A call that names a thread which does not exist, or no longer"},
	{"PthAPIerror", FAMILY_JOIN, RANK_MISUSE, "A pthread call that fails"},
	{"thread-leak", FAMILY_THREADS, RANK_LEFT, "A thread that has ended and that nobody joins"},
	{"joined", FAMILY_THREADS, RANK_BUDGET, NULL},
	{"unjoined", FAMILY_THREADS, RANK_BUDGET, NULL},
	/* descriptors */
	{"FdBadClose", FAMILY_NONE, RANK_MISUSE, "A close of a descriptor that is not open"},
	{"FdBadUse", FAMILY_NONE, RANK_MISUSE, "A use of a descriptor that is not open"},
	{"FdNotClosed", FAMILY_NONE, RANK_LEFT, "A descriptor that nobody closes"},
};

const struct sort *sort_of(const char *kind)
{
	for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
		if (strcmp(sorts[i].kind, kind) == 0)
			return &sorts[i];
	return &unknown;
}

bool is_at_null(const struct finding *finding)
{
	for (size_t i = 0; i < finding->stack_count; i++)
		if (finding->stacks[i].role && strstr(finding->stacks[i].role, NULL_POINTER))
			return true;
	return false;
}

const char *title_of(const struct detector *detector)
{
	return detector->title ? detector->title : detector->name;
}
