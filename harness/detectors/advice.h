/*
 * What to look at next, by what was reported: questions to put to the code, not
 * the answer. Those that several kinds share; the others stand with their kind.
 */
#ifndef LOOSE_ADVICE_H
#define LOOSE_ADVICE_H

#define LOOK_AT_RACE                                                                                                    \
	"the two accesses. Which lock guards this data, and does every side hold it? If one side may only come later, " \
	"what makes it wait: a join, a gate, a queue?"
#define LOOK_AT_FREED                                                                                                  \
	"who frees this, and who may still use it then. What tells the owner that the last user is done: which join, " \
	"which count?"
#define LOOK_AT_OUTSIDE                                                                                                \
	"the block's life and its length. Who frees it, and who may still use it then? What tells the owner that the " \
	"last user is done: which join, which count?"
#define LOOK_AT_LEAK                                                                                                   \
	"who owns this block at the end, on every path, even when a queue is dropped with items in it or a thread "    \
	"ends early."
#define LOOK_AT_ORDER                                                                                                  \
	"the order in which each thread takes these locks. Is there one order that all code can keep? Is a callback "  \
	"run, or a thread joined, with a lock held?"
#define LOOK_AT_UNLOCK                                                                                                 \
	"every way out of the function that took the lock. Who holds it here, and is it the same thread that took it?"
#define LOOK_AT_DESTROYED                                                                                              \
	"who destroys the lock or the condition, and who may still use it then. Have all its users been joined?"
#define LOOK_AT_CALL                                                                                                   \
	"the call's error. Is the thread joined or detached twice, or by nobody? Is the lock or the condition alive, " \
	"and in the state that this call needs?"
#define LOOK_AT_UNSET                                                                                                  \
	"where this value was to be written. Which thread writes it, and what makes the reader wait for that?"
#define LOOK_AT_SIGNALLED                                                                                              \
	"the data that those who wait look at. Is each change of it made under the mutex that they wait with? Then "   \
	"nothing is lost, wherever the signal is sent."
#define LOOK_AT_MISUSED                                                                                                 \
	"the life of this lock or condition. Who makes it, who destroys it, and who may still use it then? Does every " \
	"wait hold the mutex that goes with the condition?"
#define LOOK_AT_SIZE "where this size comes from: can it be negative, zero, or changed by another thread meanwhile?"
#define LOOK_AT_HANDLER "what the signal handler calls. Could it only note the signal, and a thread do the work?"
#define LOOK_AT_STARTED                                                                                                     \
	"what starts these threads, and what bounds their number. If more work comes than they can do, who waits, and who " \
	"is told no?"
#define LOOK_AT_ENDED                                                                                                     \
	"who joins these threads, on every path, and what tells them to end. If nobody can wait, who may still use what " \
	"they use?"
#define LOOK_AT_GROWS "what is added and what is taken away. What bounds it when the one side is faster than the other?"
#define LOOK_AT_DESCRIPTOR                                                                                             \
	"who owns this descriptor. Who closes it, and who may still use it, or its number, after that?"

/* What several detectors look at, in the words of chapter 1. */
#define LOOKS_AT_ACCESSES "accesses to the same memory, and what orders them"

#endif
