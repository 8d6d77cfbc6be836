/*
 * The tracer: linked into programs of the flavour `trace`, of which it records
 * what their threads do (wire/recording.h), for a picture.
 *
 *     tracer_recording.c  the file, and one record after the other
 *     tracer_threads.c    pthread_create() and its kin, main() and its end
 *     tracer_locks.c      mutexes and conditions
 *     tracer_kit.c        what the programs call of chapters/kit
 *     tracer_memory.c     malloc() and its kin, accesses
 *
 * The linker leads the calls that the program's own code makes to functions
 * here (`--wrap`); calls that a library makes are not the program's, and stay
 * as they are. Where no file is named everything here goes straight on.
 *
 * Nothing here allocates, takes a lock or waits: a record is a place in the
 * file, which one atomic addition takes. No detector watches this flavour.
 */
#ifndef LOOSE_TRACER_H
#define LOOSE_TRACER_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/recording.h"

/* Whether there is a file, and the thread is not inside a function of the kit that is recorded as a whole. */
bool tracer_records(void);
/* Takes a record; does nothing once there is no room. `frame`: of the function that stands in for the program's callee, by FRAME. */
#define FRAME __builtin_frame_address(0)
void tracer_record(enum recording_kind kind, const void *object, int64_t value, void *frame);
void tracer_record_named(enum recording_kind kind, const void *object, int64_t value, const char *name, void *frame);
/* Between the two nothing of this thread is recorded. */
void tracer_enter(void);
void tracer_leave(void);
/* This thread's number, and how it gets one. */
int tracer_self(void);
void tracer_become(int thread);
int tracer_new_thread(void); /* -1: no room */

#endif
