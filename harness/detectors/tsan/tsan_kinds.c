/*
 * ThreadSanitizer's kinds of report: the name that __tsan_get_report_data()
 * gives (ReportTypeDescription() in the runtime's tsan_debugging.cpp, the same
 * in clang 14 and 19), the headline that the runtime prints, what it means, and
 * what to look at; and invalid-join, on which the runtime gives up without a
 * report.
 */
#include "detectors/advice.h"
#include "tsan_findings.h"

const struct kind tsan_kinds[] = {
	{"data-race", "data race",
	 "Two threads touch the same memory, at least one of them writes, and nothing "
	 "orders the two accesses: no lock that both hold, no join, no hand-over. C gives "
	 "such a program no meaning at all.",
	 LOOK_AT_RACE},
	{"data-race-vptr", "data race on a virtual table pointer",
	 "An object is destroyed or built in one thread while another one calls its "
	 "methods.",
	 LOOK_AT_RACE},
	{"external-race", "race on a library's object",
	 "Two threads use an object of a library at the same time, and the library asks "
	 "that they do not.",
	 LOOK_AT_RACE},
	{"heap-use-after-free", "heap use after free",
	 "A thread touches memory that has been freed. The thread that freed it did not "
	 "wait until no other thread used it.",
	 LOOK_AT_FREED},
	{"heap-use-after-free-vptr", "heap use after free of a virtual table pointer",
	 "A method is called on an object that has been freed.", LOOK_AT_FREED},
	{"thread-leak", "thread leak",
	 "A thread has ended and nobody joined or detached it: its stack and its result "
	 "are kept for ever. The stack shows where it was created.",
	 "who joins this thread. Who keeps its handle, and on which path is that owner "
	 "left without a join?"},
	{"invalid-join", "join of a thread that cannot be joined",
	 "A thread is joined or detached that has been joined or detached already, or "
	 "that never was one. The call may return an error, wait for a stranger, or "
	 "crash; ThreadSanitizer's runtime ends the program there.",
	 "who joins this thread. Which two paths end it, and which of them may be the "
	 "second? Who clears the handle?"},
	{"locked-mutex-destroy", "destroy of a locked mutex",
	 "A mutex is destroyed while a thread holds it: that thread is still inside what "
	 "the mutex guards.",
	 LOOK_AT_DESTROYED},
	{"mutex-double-lock", "double lock of a mutex",
	 "A thread locks a mutex that it already holds; a plain mutex makes it wait for "
	 "itself.",
	 LOOK_AT_UNLOCK},
	{"mutex-invalid-access", "use of an invalid mutex",
	 "A mutex is used that was never initialised or has been destroyed.", LOOK_AT_DESTROYED},
	{"mutex-bad-unlock", "unlock of an unlocked mutex, or by the wrong thread",
	 "A thread unlocks a mutex that it does not hold, so some other section is no "
	 "longer guarded.",
	 LOOK_AT_UNLOCK},
	{"mutex-bad-read-lock", "read lock of a write locked mutex",
	 "A thread asks for a read lock on a lock that it has already locked for writing.", LOOK_AT_UNLOCK},
	{"mutex-bad-read-unlock", "read unlock of a write locked mutex",
	 "A thread gives back a read lock that it does not hold.", LOOK_AT_UNLOCK},
	{"mutex-cannot-be-locked", "lock of a mutex that cannot be locked",
	 "A lock is asked for where the thread has promised not to take it.", LOOK_AT_UNLOCK},
	{"signal-unsafe-call", "unsafe call inside of a signal handler",
	 "A signal handler calls a function that is not async-signal-safe: the handler "
	 "may have interrupted that very function.",
	 LOOK_AT_HANDLER},
	{"errno-in-signal-handler", "signal handler spoils errno",
	 "A signal handler changes errno, and the code that it interrupted reads the "
	 "wrong error.",
	 LOOK_AT_HANDLER},
	{"lock-order-inversion", "lock order inversion",
	 "Two threads take the same locks in opposite order. Each can end up holding what "
	 "the other waits for: a deadlock, even if this run did not meet it.",
	 LOOK_AT_ORDER},
	{NULL, NULL, NULL, NULL},
};
