/*
 * Counts the threads of a piece of code as the leak budget's monitor counts
 * those of a program: started, joined, detached, alive at most. A test that runs
 * several designs in one process asks with it what each of them leaves behind.
 *
 *     counted_begin();
 *     design->start(); design->stop();
 *     struct counted threads = counted_end();
 *
 * No thread is left after counted_end(): a detached one is detached in the count
 * only, and joined there. Illegal: counted_end() while a thread waits for
 * something that will not come; more than COUNTED_THREADS in one count; two
 * counts at a time.
 */
#ifndef KIT_COUNTED_H
#define KIT_COUNTED_H

#include <pthread.h>

#define COUNTED_THREADS 32

/* By the names of the budget's figures. The caller's own thread counts as one of `threads`, as main() does there. */
struct counted {
	long started, joined, detached;
	long unjoined;	      /* ended, and neither joined nor detached */
	long threads;	      /* alive at once, at most */
	long threads_at_exit; /* alive when counted_end() was called */
};

void counted_begin(void);
/* Waits for every thread that is left. What a design does at the end of its program must be over. */
struct counted counted_end(void);

/* As the functions of their names; the code that is counted calls these. */
int counted_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int counted_join(pthread_t thread, void **result);
int counted_detach(pthread_t thread);

#endif
