/*
 * Whether files have another content: by the system's notice of changes in their
 * folders, and, since on shared folders none comes, by looking each second. What
 * counts is the content, so it does not matter how a file was written: in place,
 * by another that was renamed to it, by several writes, or after it was deleted.
 * The same content again is not a change.
 *
 *     struct saves *saves = saves_start(&loop, paths, changed, context);
 *     ... changed(context, index) ...
 *     saves_stop(saves);
 */
#ifndef LOOSE_WATCH_SAVES_H
#define LOOSE_WATCH_SAVES_H

#include <stddef.h>

#include "exec/loop.h"

struct saves;

/*
 * Starts with what the files have now. `changed` comes from the loop, once for all
 * files that are found changed at a time, and with the index of the first of them.
 * Paths are absolute, NULL at the end, and copied.
 */
struct saves *saves_start(struct loop *loop, char *const *paths, void (*changed)(void *context, size_t index),
			  void *context);
/* The content of a file as it was seen last, owned by the saves; NULL: it is not there, or cannot be read. */
const char *saves_content(const struct saves *saves, size_t index);
/* Looks now: what has changed is not told, but known. For who has changed a file. True when something had. */
bool saves_look(struct saves *saves);
/* Nothing comes any more; what is left goes with the loop. */
void saves_stop(struct saves *saves);

#endif
