/*
 * The harness's end of a run's channel (wire/channel.h): takes what the
 * processes of a run send, and keeps it apart by process and kind. What does
 * not come from our runtime is not kept, and is a fault of the run: no verdict
 * rests on it.
 */
#ifndef LOOSE_CHANNEL_H
#define LOOSE_CHANNEL_H

#include <uv.h>

#include "verdict/detector.h"

struct channel;

/*
 * A channel, and in *end the descriptor that the run's first process must have
 * as CHANNEL_DESCRIPTOR; it is closed on exec, and the caller closes it once
 * that process is started. A process that shuts the channel down afterwards is
 * told from one that has ended: that is a fault. NULL with errno.
 */
struct channel *channel_new(int *end);
/*
 * The processes are in a sandbox, and what they send comes through exec/inside: with the number in front of it, of eight
 * bytes, that the sender has in there. That is its number in all that is told of it here.
 */
void channel_take_relayed(struct channel *channel);
/*
 * What comes without a header is bytes of this kind: all of it of the process
 * that sends first, or of each process a stream of its own.
 */
void channel_take_bytes(struct channel *channel, enum channel_kind kind, bool of_each);
/*
 * Takes what comes whenever it comes; else the processes wait as soon as there is no room for more, or for the answer to a
 * greeting. 0, or an error number: then nothing may be started that would report.
 */
int channel_watch(struct channel *channel, uv_loop_t *loop);
/* Takes what is there, without waiting. Once the run's last process is gone this is all. */
void channel_receive(struct channel *channel);
/* To wait on; negative when there is nothing to come any more. */
int channel_descriptor(const struct channel *channel);
/* Why the run cannot be judged by what came, in one line; NULL: all of it came from our runtime. */
const char *channel_fault(const struct channel *channel);
/* What each process has sent of this kind, in the order in which they began. Good until the next call, or the end. */
const struct process_report *channel_reports(struct channel *channel, enum channel_kind kind, size_t *count);
/* The results of tests, of the one process that may send them; NULL: it has not. Good until the end. */
const struct process_report *channel_results(struct channel *channel);
/* Frees it, at once or as soon as the loop has let go of it. Nothing for NULL. */
void channel_free(struct channel *channel);

#endif
