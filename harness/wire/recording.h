/*
 * What the tracer (runtime/tracer) leaves in a file of the run: a head, then
 * records of equal size in the order in which they were taken. The program maps
 * the file, so what was recorded is there however the program ends.
 *
 * Both sides run on one machine: numbers are as that has them. A program may
 * write what it likes into the file; a trace is a picture of a run of our own
 * programs, and no verdict rests on it.
 */
#ifndef LOOSE_WIRE_RECORDING_H
#define LOOSE_WIRE_RECORDING_H

#include <stdint.h>

/* The file's path, and the code whose accesses are recorded: "START-END,...", in hex, from the image's beginning. */
#define RECORDING_VARIABLE "LOOSE_TRACE"
#define RECORDING_CODE_VARIABLE "LOOSE_TRACE_CODE"

#define RECORDING_MAGIC 0x4c6f5472u

enum {
	RECORDING_RECORDS = 1 << 16,
	RECORDING_ACCESSES = 1 << 14, /* of these, at most, accesses to memory */
	RECORDING_THREADS = 1024,
	RECORDING_FRAMES = 8,
	RECORDING_NAME = 32,
	RECORDING_MAPS = 1 << 15,
};

/* Times say whether a record is taken before or after what it tells of: so an effect never stands before its cause. */
enum recording_kind {
	RECORD_NONE,	     /* not written to its end: the thread ended in between */
	RECORD_START,	     /* before; object: the thread's number; value: its routine */
	RECORD_START_FAILED, /* after; object: the thread's number */
	RECORD_BEGIN,	     /* first in the thread */
	RECORD_END,	     /* last in the thread */
	RECORD_JOIN_WAIT,    /* before; object: the thread's number */
	RECORD_JOIN,	     /* after */
	RECORD_DETACH,	     /* before; object: the thread's number */
	RECORD_LOCK_WAIT,    /* before, when somebody else has the lock; object: its address */
	RECORD_LOCK,	     /* after */
	RECORD_UNLOCK,	     /* before */
	RECORD_COND_WAIT,    /* before; object: the condition; value: its lock */
	RECORD_COND_GO,	     /* after; value: what the wait has returned */
	RECORD_SIGNAL,	     /* before */
	RECORD_BROADCAST,    /* before */
	RECORD_REACH,	     /* before; object: the point */
	RECORD_AWAIT,	     /* before; object: the point */
	RECORD_AWAITED,	     /* after */
	RECORD_GONE_WAIT,    /* before; object: the point at which a thread said that it leaves */
	RECORD_GONE,	     /* after */
	RECORD_BLOCKED_WAIT, /* before: until all others wait */
	RECORD_BLOCKED,	     /* after */
	RECORD_KIT_WAIT,     /* before; object: of the kit; name: "queue", "gate", "stop" */
	RECORD_KIT_GO,	     /* after; value: the item that was taken; 0: none */
	RECORD_KIT_PUT,	     /* before; value: the item */
	RECORD_KIT_OPEN,     /* before: a gate is opened, a stop asked for, a queue closed */
	RECORD_ALLOC,	     /* after; object: the block; value: its size */
	RECORD_FREE,	     /* before */
	RECORD_READ,	     /* before; object: the address; value: the size */
	RECORD_WRITE,	     /* before */
	RECORD_GAUGE,	     /* name: the gauge's; value: what it becomes */
	RECORD_GAUGE_ADD,    /* value: what is added to it */
	RECORD_EXIT,	     /* main() has returned, or exit() or _exit() is called */
	RECORD_KINDS
};

struct recording_record {
	uint32_t kind, thread;
	uint64_t object;
	int64_t value;
	uint64_t frames
		[RECORDING_FRAMES]; /* return addresses in the program, innermost first; 0 where there are no more */
	char name[RECORDING_NAME];
};

struct recording {
	uint32_t magic, next; /* next: records that were asked for; more than there is room for are lost */
	uint32_t accesses, threads;
	uint32_t maps_length;
	char maps[RECORDING_MAPS]; /* /proc/PID/maps when it began */
	struct recording_record records[RECORDING_RECORDS];
};

#endif
