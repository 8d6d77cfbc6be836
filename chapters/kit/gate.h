/*
 * A gate is closed at first. Threads wait at it; gate_open() lets all of them
 * through, and every one that comes later. What was written before gate_open()
 * is visible after gate_wait(): the gate is a happens-before edge, and every
 * detector sees it as one.
 *
 *     static struct gate ready = GATE_INITIALIZER;
 *     worker:  listen(...); gate_open(&ready);
 *     main:    gate_wait(&ready); connect(...);
 */
#ifndef KIT_GATE_H
#define KIT_GATE_H

#include <pthread.h>
#include <stdbool.h>

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool open; /* guarded by lock; never becomes false again */
};

#define GATE_INITIALIZER                                                                                               \
	{                                                                                                              \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false                                             \
	}

/* For a gate that is not static. Pair it with gate_destroy(). */
void gate_init(struct gate *gate);
/* Nobody may wait at the gate any more, nor come later. */
void gate_destroy(struct gate *gate);
/* Opens it for good. Opening it twice does no harm. */
void gate_open(struct gate *gate);
/* Returns once the gate is open; at once if it is open already. */
void gate_wait(struct gate *gate);

#endif
