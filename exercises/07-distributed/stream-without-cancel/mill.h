/*
 * A milling machine that is fed over the network. Its memory is small and its
 * programs are long, so a program is sent line by line while the machine works.
 * When the operator presses "hold" the machine stops reading, for as long as it
 * pleases the operator. Then send() waits.
 *
 *     struct mill_job *job = mill_start(wire, next_line, &program);
 *     ...
 *     enum mill_end end = mill_wait(job);     // or mill_stop(job), which does not wait for the program's end
 *     close(wire);
 *
 * A process feeds many machines, each by a job of its own.
 */
#ifndef MILL_H
#define MILL_H

#include <stddef.h>

/*
 * Returns the program's next line and its length, 0 for an empty one, or NULL at
 * the end of the program. The line stays as it is until the next call. It may
 * take its time.
 */
typedef const char *mill_next(void *program, size_t *length);

enum mill_end {
	MILL_DONE,   /* all lines have been sent, and next() has said so, even if mill_stop() has come meanwhile */
	MILL_GONE,   /* the machine has gone before that: its end of the connection is closed */
	MILL_STOPPED /* mill_stop() came before that */
};

struct mill_job;

/*
 * Starts a thread that sends the program over `wire`, a connected stream socket
 * that blocks.
 *
 *   - next() is called by that thread alone, and only when the line before has
 *     been handed to the kernel, whole.
 *   - A machine that does not read has not gone: it is waited for, even if a
 *     signal interrupts the thread, which the process handles.
 *     What it says is the caller's to read; when it says that it will say no more,
 *     it has not gone either.
 *   - When a send fails because the machine has gone, the job ends: next() is not
 *     called again. No signal comes of it, nor of mill_stop(). How the process
 *     handles signals is not the job's to change, not even for a while: there are
 *     others in the process. What its caller has blocked is as before when
 *     mill_start() returns.
 *
 * The connection stays the caller's, who closes it when the job has been waited for.
 * Either mill_wait() or mill_stop() is called for each job, once; both free it.
 */
struct mill_job *mill_start(int wire, mill_next *next, void *program);

/*
 * Waits until the job ends by itself, and returns how. After MILL_DONE the
 * connection is still usable, and blocks as before.
 */
enum mill_end mill_wait(struct mill_job *job);

/*
 * Ends the job, in the middle of a line if need be: it does not wait for the
 * machine. It waits for a next() that is under way, and does not cut it short.
 * Afterwards the connection is good for nothing but close().
 *
 * When mill_wait() or mill_stop() returns, the thread has ended and is joined:
 * next() is not running, and will not be called again. No descriptor is open
 * that the job has opened.
 */
enum mill_end mill_stop(struct mill_job *job);

#endif
