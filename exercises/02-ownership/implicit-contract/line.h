/*
 * A line to the exchange. The exchange drops a line that is quiet for too long,
 * so an open line keeps itself alive: it sends a ping now and then, without
 * being asked.
 *
 *     struct line *line = line_open(send_frame, &wire, 30000);
 *     ...
 *     line_close(line);
 *     wire_release(&wire);
 *
 * Any number of lines may be open in a process, one after the other and at the
 * same time. They know nothing of each other.
 */
#ifndef LINE_H
#define LINE_H

enum frame { FRAME_PING, FRAME_GOODBYE };

/*
 * Sends one frame over `wire`. It may take its time. It is only ever called by
 * one thread at a time for the same line, and may use the wire without a lock.
 */
typedef void line_send(void *wire, enum frame frame);

struct line;

/* Opens a line, which sends a ping at once and then every `interval` milliseconds. The caller closes it. */
struct line *line_open(line_send *send, void *wire, long interval);

/*
 * Closes the line, once. When it returns,
 *
 *   - one goodbye has been sent, and it was the last frame;
 *   - send() is not running for this line, and will not be called again: the
 *     caller may look at the wire without a lock, and release it;
 *   - no thread uses the line, and its memory is free.
 *
 * It waits for a ping that is under way. It does not wait for the interval to
 * pass.
 */
void line_close(struct line *line);

#endif
