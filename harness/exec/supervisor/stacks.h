/*
 * Where each thread of a process stands, for exec/../detectors/standing.c to
 * read. Linked with libdw, which is large, and seldom wanted: a library of its
 * own, build/stacks.so, that the supervisor opens when it needs it.
 *
 * For each process that can be looked at:
 *
 *     process PID
 *     maps                 and the lines of /proc/PID/maps
 *     end maps
 *     thread TID           for each thread; the first one's TID is PID
 *     futex ADDRESS : WORD...     waits there; what lies in memory from 12 bytes before it: twelve
 *                                 numbers of four bytes, in hexadecimal
 *     frames : PC...       innermost first; a caller's PC is of its call, not of where that returns to
 *     end thread
 *     end process
 *
 * Numbers are decimal, addresses hexadecimal.
 */
#ifndef LOOSE_STACKS_H
#define LOOSE_STACKS_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Stops the threads for it, by ptrace(2), and lets them go on. A caller that cannot
 * be stopped in time, or looked at, is left out. The caller must be a parent or
 * be allowed to trace otherwise.
 */
void stacks_take(const pid_t *pids, size_t count, FILE *out);

#endif
