/* The kinds of the Valgrind tools. See valgrind_kinds.h. */
#include "valgrind_kinds.h"

#include <stddef.h>
#include <string.h>

struct meaning {
	const char *kind, *words;
};

static const char *find(const struct meaning *meanings, const char *kind)
{
	for (; meanings->kind; meanings++)
		if (strcmp(meanings->kind, kind) == 0)
			return meanings->words;
	return NULL;
}

#define SIGNAL_OUTSIDE                                                                                                  \
	"A condition is signalled by a thread that does not hold the mutex of those who wait. POSIX allows it, and it " \
	"is right where what they wait for was changed while that mutex was held. It is wrong where it was changed "    \
	"without: then the signal can come between a waiter's look and its wait, and be lost."

const char *const helgrind_kinds[] = {"Race",	     "LockOrder",   "UnlockUnlocked", "UnlockForeign",
				      "UnlockBogus", "PthAPIerror", "Misc",	      "Dubious",
				      "FdBadClose",  "FdBadUse",    "FdNotClosed",    NULL};

const char *helgrind_explain(const char *kind)
{
	static const struct meaning meanings[] = {
		{"Race",
		 "Two threads touch the same memory, at least one of them writes, and no lock, join or condition "
		 "that Helgrind knows orders the two accesses. It counts a free() as a write."},
		{"LockOrder",
		 "Two locks are taken in one order here and in the other order there. Two threads can each "
		 "end up holding what the other waits for."},
		{"UnlockUnlocked", "A lock is released that nobody holds."},
		{"UnlockForeign",
		 "A thread releases a lock that another thread holds: that thread is no longer guarded."},
		{"UnlockBogus", "A lock is released that was never initialised or has been destroyed."},
		{"PthAPIerror",
		 "A pthread function returned an error, and a program that does not look at it goes on as "
		 "if nothing had happened."},
		{"Misc", "A lock or a condition variable is used against its rules: destroyed while in use, waited on "
			 "without its mutex, initialised twice. Of one with static storage that is destroyed before "
			 "its first use Helgrind says this too, and there it is wrong."},
		{"Dubious", SIGNAL_OUTSIDE},
		{"FdBadClose", "A file descriptor is closed that is not open."},
		{"FdBadUse", "A file descriptor is used that is not open."},
		{"FdNotClosed", "A file descriptor is still open at the end."},
		{NULL, NULL}};

	return find(meanings, kind);
}

const char *const drd_kinds[] = {"ConflictingAccess", "MutexErr",    "CondErr",		"CondDestrErr",
				 "CondRaceErr",	      "CondWaitErr", "RwlockErr",	"SemaphoreErr",
				 "BarrierErr",	      "HoldtimeErr", "InvalidThreadId", "GenericErr",
				 "FdBadClose",	      "FdBadUse",    "FdNotClosed",	NULL};

const char *drd_explain(const char *kind)
{
	static const struct meaning meanings[] = {
		{"ConflictingAccess",
		 "Two threads touch the same memory, at least one of them writes, and nothing that "
		 "DRD knows orders the two accesses."},
		{"MutexErr", "A mutex is used against its rules: unlocked by a thread that does not hold it, destroyed "
			     "while locked, never initialised."},
		{"CondErr",
		 "A condition variable is used against its rules: two mutexes for one condition, or one that "
		 "was never initialised. Of one with static storage that is destroyed before its first use DRD says "
		 "this too, and there it is wrong."},
		{"CondDestrErr", "A condition variable is destroyed while a thread waits on it."},
		{"CondRaceErr", SIGNAL_OUTSIDE},
		{"CondWaitErr", "A thread waits on a condition with a mutex that it has not locked."},
		{"RwlockErr",
		 "A reader-writer lock is used against its rules, such as unlocked by a thread that does not "
		 "hold it. Of one with static storage that is destroyed before its first use DRD says this too, and "
		 "there it is wrong."},
		{"SemaphoreErr",
		 "A semaphore is used against its rules, such as destroyed while a thread waits on it."},
		{"BarrierErr", "A barrier is used against its rules, such as destroyed while threads wait at it."},
		{"HoldtimeErr", "A lock was held longer than allowed."},
		{"InvalidThreadId", "A thread is named that does not exist, or no longer."},
		{"GenericErr", "An object is used as another kind of object than it is."},
		{"FdBadClose", "A file descriptor is closed that is not open."},
		{"FdBadUse", "A file descriptor is used that is not open."},
		{"FdNotClosed", "A file descriptor is still open at the end."},
		{NULL, NULL}};

	return find(meanings, kind);
}

const char *const memcheck_kinds[] = {"InvalidRead",
				      "InvalidWrite",
				      "InvalidJump",
				      "InvalidFree",
				      "MismatchedFree",
				      "MismatchedAllocateDeallocateSize",
				      "MismatchedAllocateDeallocateAlignment",
				      "InvalidSize",
				      "InvalidAlignment",
				      "InvalidSizeAndAlignment",
				      "ReallocSizeZero",
				      "UninitValue",
				      "UninitCondition",
				      "SyscallParam",
				      "ClientCheck",
				      "Overlap",
				      "InvalidMemPool",
				      "FishyValue",
				      "CoreMemError",
				      "Leak_DefinitelyLost",
				      "Leak_IndirectlyLost",
				      "Leak_PossiblyLost",
				      "Leak_StillReachable",
				      "FdBadClose",
				      "FdBadUse",
				      "FdNotClosed",
				      NULL};

const char *memcheck_explain(const char *kind)
{
	static const struct meaning meanings[] = {
		{"InvalidRead",
		 "Memory is read that is not the program's: freed already, past the end of a block, or on "
		 "a stack that is gone. Among threads the usual cause is a block freed while another "
		 "thread still uses it."},
		{"InvalidWrite",
		 "Memory is written that is not the program's: freed already, past the end of a block, or "
		 "on a stack that is gone."},
		{"InvalidJump", "The program jumps to an address where no code is."},
		{"InvalidFree", "A block is freed twice, or something is freed that malloc() never gave."},
		{"MismatchedFree", "A block is given back by another family of functions than it came from."},
		{"MismatchedAllocateDeallocateSize", "A block is given back with another size than it was asked for."},
		{"MismatchedAllocateDeallocateAlignment",
		 "A block is given back with another alignment than it was asked for."},
		{"InvalidSize", "A block of an impossible size is asked for."},
		{"InvalidAlignment", "A block of an impossible alignment is asked for."},
		{"InvalidSizeAndAlignment", "A block is asked for whose size and alignment do not go together."},
		{"ReallocSizeZero",
		 "realloc() is called with size 0, which every C library understands in its own way."},
		{"UninitValue", "A value that nobody ever wrote is used."},
		{"UninitCondition", "The program decides by a value that nobody ever wrote."},
		{"SyscallParam", "Memory that nobody wrote, or that is not the program's, is handed to the kernel."},
		{"ClientCheck", "A check that the program asked Memcheck for has failed."},
		{"Overlap", "Source and destination of a copy overlap, which memcpy() and its like forbid."},
		{"InvalidMemPool", "A memory pool is used that does not exist."},
		{"FishyValue", "A size is asked for that looks like a negative number."},
		{"CoreMemError", "The program damaged memory that belongs to the machinery under it."},
		{"Leak_DefinitelyLost",
		 "A block was never freed, and at the end nothing points to it any more: nobody can "
		 "free it. The stack shows where it was allocated."},
		{"Leak_IndirectlyLost", "A block is lost because the block that pointed to it is."},
		{"Leak_PossiblyLost", "At the end something points into the middle of a block, nothing to its start."},
		{"Leak_StillReachable", "A block was not freed, and at the end something still points to it."},
		{"FdBadClose", "A file descriptor is closed that is not open."},
		{"FdBadUse", "A file descriptor is used that is not open."},
		{"FdNotClosed", "A file descriptor is still open at the end."},
		{NULL, NULL}};

	return find(meanings, kind);
}
