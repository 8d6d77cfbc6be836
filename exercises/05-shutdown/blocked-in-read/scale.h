/*
 * The weighbridge of a gravel works, read over a line. By day a lorry stands on it
 * every few minutes; at night none comes, and the scale says nothing.
 *
 *     struct scale *scale = scale_start(line, note_weight, &office);
 *     ...
 *     scale_stop(scale);
 *     read_by_hand(line);      // nobody else reads it any more
 *     close(line);
 *
 * An office has several scales, and a line for each.
 */
#ifndef SCALE_H
#define SCALE_H

#include <stddef.h>

/*
 * Takes what has come over the line: `length` bytes, at least one, which are there
 * until it returns. At the end of the line it is called a last time, with NULL and 0.
 * It may take its time.
 */
typedef void scale_text(void *office, const char *text, size_t length);

struct scale;

/*
 * Starts a thread that reads `line` and hands on what comes to text(), in order and
 * as soon as it is there. The line is a terminal, a pipe or a socket, whose read()
 * waits; nobody else reads it before scale_stop() has returned.
 *
 *   - The line stays the caller's, who closes it. Other processes have it open
 *     too, so its flags are not changed: its read() still waits.
 *   - When the other side closes the line, the thread ends after the last text().
 *     scale_stop() is called all the same.
 *   - SIGUSR1 is the scales' own, if they need a signal. How the process handles
 *     the other signals, and which of them the caller blocks, is not changed.
 */
struct scale *scale_start(int line, scale_text *text, void *office);

/*
 * Ends the thread, whatever the scale does: if it says nothing, and if it does not
 * stop talking. It waits for a text() that is under way, which is not cut short,
 * and for nothing else: not for the scale, and not for a time to pass.
 *
 * When it returns, the thread has ended and is joined: text() is not called any
 * more, and what it has written may be read without a lock. All that was read has
 * been handed on, and the rest is still in the line. No descriptor is open that
 * scale_start() has opened. The scale is freed.
 *
 * Once for each scale, and not by text().
 */
void scale_stop(struct scale *scale);

#endif
