/* The kinds of the Valgrind tools. See valgrind_kinds.h. */
#include "valgrind_kinds.h"

#include "detectors/advice.h"

#define SIGNAL_OUTSIDE                                                                                                  \
	"A condition is signalled by a thread that does not hold the mutex of those who wait. POSIX allows it, and it " \
	"is right where what they wait for was changed while that mutex was held. It is wrong where it was changed "    \
	"without: then the signal can come between a waiter's look and its wait, and be lost."

const struct kind helgrind_kinds[] = {
	{"Race", NULL,
	 "Two threads touch the same memory, at least one of them writes, and no lock, "
	 "join or condition that Helgrind knows orders the two accesses. It counts a "
	 "free() as a write.",
	 LOOK_AT_RACE},
	{"LockOrder", NULL,
	 "Two locks are taken in one order here and in the other order there. Two threads "
	 "can each end up holding what the other waits for.",
	 LOOK_AT_ORDER},
	{"UnlockUnlocked", NULL, "A lock is released that nobody holds.", LOOK_AT_UNLOCK},
	{"UnlockForeign", NULL,
	 "A thread releases a lock that another thread holds: that thread is no longer "
	 "guarded.",
	 LOOK_AT_UNLOCK},
	{"UnlockBogus", NULL, "A lock is released that was never initialised or has been destroyed.",
	 LOOK_AT_DESTROYED},
	{"PthAPIerror", NULL,
	 "A pthread function returned an error, and a program that does not look at it "
	 "goes on as if nothing had happened.",
	 LOOK_AT_CALL},
	{"Misc", NULL,
	 "A lock or a condition variable is used against its rules: destroyed while in "
	 "use, waited on without its mutex, initialised twice. Of one with static storage "
	 "that is destroyed before its first use Helgrind says this too, and there it is "
	 "wrong.",
	 LOOK_AT_MISUSED},
	{"Dubious", NULL, SIGNAL_OUTSIDE, LOOK_AT_SIGNALLED},
	{"HeldAtExit", NULL,
	 "A thread ends while it holds a lock, and nobody can get that lock any more. Of "
	 "threads that stood there when the whole program was ended, as in a deadlock, "
	 "Helgrind says this too, and there it is nothing new.",
	 "the way on which this thread ends. Has it released by then what it has taken?"},
	{"FdBadClose", NULL, "A file descriptor is closed that is not open.", LOOK_AT_DESCRIPTOR},
	{"FdBadUse", NULL, "A file descriptor is used that is not open.", LOOK_AT_DESCRIPTOR},
	{"FdNotClosed", NULL, "A file descriptor is still open at the end.", LOOK_AT_DESCRIPTOR},
	{NULL, NULL, NULL, NULL},
};

const struct kind drd_kinds[] = {
	{"ConflictingAccess", NULL,
	 "Two threads touch the same memory, at least one of them writes, and nothing "
	 "that DRD knows orders the two accesses.",
	 LOOK_AT_RACE},
	{"MutexErr", NULL,
	 "A mutex is used against its rules: unlocked by a thread that does not hold it, "
	 "destroyed while locked, never initialised.",
	 LOOK_AT_UNLOCK},
	{"CondErr", NULL,
	 "A condition variable is used against its rules: two mutexes for one condition, "
	 "or one that was never initialised. Of one with static storage that is destroyed "
	 "before its first use DRD says this too, and there it is wrong.",
	 LOOK_AT_MISUSED},
	{"CondDestrErr", NULL, "A condition variable is destroyed while a thread waits on it.", LOOK_AT_DESTROYED},
	{"CondRaceErr", NULL, SIGNAL_OUTSIDE, LOOK_AT_SIGNALLED},
	{"CondWaitErr", NULL, "A thread waits on a condition with a mutex that it has not locked.",
	 "the wait, and which mutex its thread holds there."},
	{"RwlockErr", NULL,
	 "A reader-writer lock is used against its rules, such as unlocked by a thread "
	 "that does not hold it. Of one with static storage that is destroyed before its "
	 "first use DRD says this too, and there it is wrong.",
	 LOOK_AT_UNLOCK},
	{"SemaphoreErr", NULL,
	 "A semaphore is used against its rules, such as destroyed while a thread waits "
	 "on it.",
	 LOOK_AT_DESTROYED},
	{"BarrierErr", NULL, "A barrier is used against its rules, such as destroyed while threads wait at it.",
	 LOOK_AT_DESTROYED},
	{"HoldtimeErr", NULL, "A lock was held longer than allowed.",
	 "what is done while the lock is held, and what of it could be done before or "
	 "after."},
	{"InvalidThreadId", NULL, "A thread is named that does not exist, or no longer.", LOOK_AT_CALL},
	{"GenericErr", NULL, "An object is used as another kind of object than it is.", LOOK_AT_MISUSED},
	{"FdBadClose", NULL, "A file descriptor is closed that is not open.", LOOK_AT_DESCRIPTOR},
	{"FdBadUse", NULL, "A file descriptor is used that is not open.", LOOK_AT_DESCRIPTOR},
	{"FdNotClosed", NULL, "A file descriptor is still open at the end.", LOOK_AT_DESCRIPTOR},
	{NULL, NULL, NULL, NULL},
};

const struct kind memcheck_kinds[] = {
	{"InvalidRead", NULL,
	 "Memory is read that is not the program's: freed already, past the end of a "
	 "block, or on a stack that is gone. Among threads the usual cause is a block "
	 "freed while another thread still uses it.",
	 LOOK_AT_OUTSIDE},
	{"InvalidWrite", NULL,
	 "Memory is written that is not the program's: freed already, past the end of a "
	 "block, or on a stack that is gone.",
	 LOOK_AT_OUTSIDE},
	{"InvalidJump", NULL, "The program jumps to an address where no code is.", LOOK_AT_OUTSIDE},
	{"InvalidFree", NULL, "A block is freed twice, or something is freed that malloc() never gave.",
	 "who owns this block. Handing it over must leave one owner: who believes to be "
	 "it twice?"},
	{"MismatchedFree", NULL, "A block is given back by another family of functions than it came from.",
	 "where this block comes from; what makes it says what must release it."},
	{"MismatchedAllocateDeallocateSize", NULL, "A block is given back with another size than it was asked for.",
	 "what makes this block and what releases it; both must mean the same size."},
	{"MismatchedAllocateDeallocateAlignment", NULL,
	 "A block is given back with another alignment than it was asked for.",
	 "what makes this block and what releases it; both must mean the same alignment."},
	{"InvalidSize", NULL, "A block of an impossible size is asked for.", LOOK_AT_SIZE},
	{"InvalidAlignment", NULL, "A block of an impossible alignment is asked for.", LOOK_AT_SIZE},
	{"InvalidSizeAndAlignment", NULL, "A block is asked for whose size and alignment do not go together.",
	 LOOK_AT_SIZE},
	{"ReallocSizeZero", NULL,
	 "realloc() is called with size 0, which every C library understands in its own "
	 "way.",
	 LOOK_AT_SIZE},
	{"UninitValue", NULL, "A value that nobody ever wrote is used.", LOOK_AT_UNSET},
	{"UninitCondition", NULL, "The program decides by a value that nobody ever wrote.", LOOK_AT_UNSET},
	{"SyscallParam", NULL, "Memory that nobody wrote, or that is not the program's, is handed to the kernel.",
	 LOOK_AT_UNSET},
	{"ClientCheck", NULL, "A check that the program asked Memcheck for has failed.", LOOK_AT_UNSET},
	{"Overlap", NULL, "Source and destination of a copy overlap, which memcpy() and its like forbid.",
	 "the lengths in this copy, and who computes them."},
	{"InvalidMemPool", NULL, "A memory pool is used that does not exist.", LOOK_AT_FREED},
	{"FishyValue", NULL, "A size is asked for that looks like a negative number.", LOOK_AT_SIZE},
	{"CoreMemError", NULL, "The program damaged memory that belongs to the machinery under it.", LOOK_AT_FREED},
	{"Leak_DefinitelyLost", NULL,
	 "A block was never freed, and at the end nothing points to it any more: nobody "
	 "can free it. The stack shows where it was allocated.",
	 LOOK_AT_LEAK},
	{"Leak_IndirectlyLost", NULL, "A block is lost because the block that pointed to it is.", LOOK_AT_LEAK},
	{"Leak_PossiblyLost", NULL, "At the end something points into the middle of a block, nothing to its start.",
	 "whether a thread was still running at the end: its memory counts as possibly "
	 "lost. Who joins it?"},
	{"Leak_StillReachable", NULL, "A block was not freed, and at the end something still points to it.",
	 LOOK_AT_LEAK},
	{"FdBadClose", NULL, "A file descriptor is closed that is not open.", LOOK_AT_DESCRIPTOR},
	{"FdBadUse", NULL, "A file descriptor is used that is not open.", LOOK_AT_DESCRIPTOR},
	{"FdNotClosed", NULL, "A file descriptor is still open at the end.", LOOK_AT_DESCRIPTOR},
	{NULL, NULL, NULL, NULL},
};
