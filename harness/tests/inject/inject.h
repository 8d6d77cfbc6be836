/*
 * What the injector and its driver share: a file that both map. The injector is
 * preloaded into a program, counts the calls of one kind that the program
 * itself makes, and lets the n-th of them fail as the machine might.
 *
 *     LD_PRELOAD=build/inject.so INJECT=FILE program
 *
 * Calls of the C library and of a test's own code are not counted: they are not
 * what is to be tested. Those of SQLite are, since a program stands and falls
 * with it.
 */
#ifndef LOOSE_INJECT_H
#define LOOSE_INJECT_H

#include <stdint.h>

enum kind {
	MEMORY,	    /* malloc() and its like: NULL */
	THREAD,	    /* pthread_create(), fork(): EAGAIN */
	DESCRIPTOR, /* socket(), open(), pipe(), eventfd(): EMFILE */
	ACCEPT,	    /* accept(): EMFILE */
	ABORTED,    /* accept(): ECONNABORTED */
	SHORT,	    /* read(), write(), recv(), send(): one byte */
	SIGNAL,	    /* what may wait: EINTR */
	KINDS
};

struct injection {
	/* by the driver, before the program starts */
	uint32_t kind, at; /* which calls, and the how many-th; from 1 */
	uint64_t except_from,
		except_to; /* code of the program whose calls are not counted, relative to where it is loaded */
	/* by the injector; in tests it counts for each of their processes, and adds up */
	uint32_t injected; /* calls that were made to fail */
	uint64_t where;	   /* the last of them came from here, relative to where the program is loaded */
	/* of processes that ended by exit() or by a return from main(): what they had made and not given back */
	uint32_t ended, blocks, descriptors, threads;
};

#endif
