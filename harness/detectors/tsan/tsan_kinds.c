/*
 * ThreadSanitizer's kinds of report: the name that __tsan_get_report_data()
 * gives (ReportTypeDescription() in the runtime's tsan_debugging.cpp, the same
 * in clang 14 and 19), the headline that the runtime prints, and what it means;
 * and invalid-join, on which the runtime gives up without a report.
 */
#include "tsan_findings.h"

#include <string.h>

static const struct {
	const char *kind, *words, *meaning;
} kinds[] = {
	{"data-race", "data race",
	 "Two threads touch the same memory, at least one of them writes, and nothing orders the two accesses: no lock "
	 "that both hold, no join, no hand-over. C gives such a program no meaning at all."},
	{"data-race-vptr", "data race on a virtual table pointer",
	 "An object is destroyed or built in one thread while another one calls its methods."},
	{"external-race", "race on a library's object",
	 "Two threads use an object of a library at the same time, and the library asks that they do not."},
	{"heap-use-after-free", "heap use after free",
	 "A thread touches memory that has been freed. Whoever freed it did not wait until nobody used it any more."},
	{"heap-use-after-free-vptr", "heap use after free of a virtual table pointer",
	 "A method is called on an object that has been freed."},
	{"thread-leak", "thread leak",
	 "A thread has ended and nobody joined or detached it: its stack and its result are kept for ever. The stack "
	 "shows where it was created."},
	{"invalid-join", "join of a thread that cannot be joined",
	 "A thread is joined or detached that has been joined or detached already, or that never was one. The call may "
	 "return an error, wait for a stranger, or crash; ThreadSanitizer's runtime ends the program there."},
	{"locked-mutex-destroy", "destroy of a locked mutex",
	 "A mutex is destroyed while a thread holds it: that thread is still inside what the mutex guards."},
	{"mutex-double-lock", "double lock of a mutex",
	 "A thread locks a mutex that it already holds; a plain mutex makes it wait for itself."},
	{"mutex-invalid-access", "use of an invalid mutex",
	 "A mutex is used that was never initialised or has been destroyed."},
	{"mutex-bad-unlock", "unlock of an unlocked mutex, or by the wrong thread",
	 "A thread unlocks a mutex that it does not hold, so some other section is no longer guarded."},
	{"mutex-bad-read-lock", "read lock of a write locked mutex",
	 "A thread asks for a read lock on a lock that it has already locked for writing."},
	{"mutex-bad-read-unlock", "read unlock of a write locked mutex",
	 "A thread gives back a read lock that it does not hold."},
	{"mutex-cannot-be-locked", "lock of a mutex that cannot be locked",
	 "A lock is asked for where the thread has promised not to take it."},
	{"signal-unsafe-call", "unsafe call inside of a signal handler",
	 "A signal handler calls a function that is not async-signal-safe: the handler may have interrupted that very "
	 "function."},
	{"errno-in-signal-handler", "signal handler spoils errno",
	 "A signal handler changes errno, and the code that it interrupted reads the wrong error."},
	{"lock-order-inversion", "lock order inversion",
	 "Two threads take the same locks in opposite order. Each can end up holding what the other waits for: a "
	 "deadlock, even if this run did not meet it."},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

const char *const tsan_kinds[] = {"data-race",
				  "data-race-vptr",
				  "external-race",
				  "heap-use-after-free",
				  "heap-use-after-free-vptr",
				  "thread-leak",
				  "invalid-join",
				  "locked-mutex-destroy",
				  "mutex-double-lock",
				  "mutex-invalid-access",
				  "mutex-bad-unlock",
				  "mutex-bad-read-lock",
				  "mutex-bad-read-unlock",
				  "mutex-cannot-be-locked",
				  "signal-unsafe-call",
				  "errno-in-signal-handler",
				  "lock-order-inversion",
				  NULL};

const char *tsan_headline(const char *kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			return kinds[i].words;
	return kind;
}

const char *tsan_explain(const char *kind)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			return kinds[i].meaning;
	return NULL;
}
