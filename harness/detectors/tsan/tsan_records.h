/*
 * What runtime/tsan_report.c sends, read back. Each process has a stream of its
 * own, of lines:
 *
 *     start PID PARENT                                  first
 *     maps ... end maps                                 the lines of /proc/PID/maps
 *     report KIND                                       then its parts, then "end report"
 *     mop TID ADDRESS SIZE WRITE ATOMIC : PC...         an access, the later one first
 *     stack : PC...                                     for kinds that are not about an access
 *     loc TYPE ADDRESS START SIZE TID FD : PC...        what the accesses are to
 *     mutex ADDRESS DESTROYED : PC...                   with where it was made
 *     thread TID PARENT RUNNING : PC...                 with where it was created
 *     tid TID                                           the threads of a cycle, in its order
 *     sleep : PC...                                     a sleep that orders the accesses by luck
 *     no-leak                                           a thread-leak that is none, and was left out
 *     closed                                            the runtime has reported all it will
 *
 * Addresses are hexadecimal, other numbers decimal. A PC is a return address.
 * Pure: bytes in, records out.
 */
#ifndef LOOSE_TSAN_RECORDS_H
#define LOOSE_TSAN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tsan_what { TSAN_MOP, TSAN_STACK, TSAN_LOC, TSAN_MUTEX, TSAN_THREAD, TSAN_TID, TSAN_SLEEP, TSAN_WHATS };

/* Members that a kind of part does not have are zero. */
struct tsan_part {
	enum tsan_what what;
	int tid; /* 0 is the main thread; -1: none */
	int parent;
	uint64_t address;
	long size;
	bool write, atomic, running;
	char type[16];	 /* of a location: "global", "heap", "stack", "tls", "fd" */
	uint64_t *trace; /* innermost first */
	size_t trace_count;
};

struct tsan_report {
	char *kind;
	struct tsan_part *parts;
	size_t count;
};

struct tsan_records {
	long pid, parent;
	char *maps; /* never NULL */
	struct tsan_report *reports;
	size_t count;
	size_t left_out; /* reports that the runtime made and that say nothing of the program */
	bool complete;	 /* from start to closed, with nothing in it that does not belong there */
};

/* Fills `records`, which tsan_records_release() empties; what could be read is there even if it is not complete. */
void tsan_records_read(const char *bytes, size_t length, struct tsan_records *records);
void tsan_records_release(struct tsan_records *records);
/* The n-th part of this kind, from 0; NULL when there are not as many. */
const struct tsan_part *tsan_part(const struct tsan_report *report, enum tsan_what what, size_t n);
size_t tsan_part_count(const struct tsan_report *report, enum tsan_what what);

#endif
