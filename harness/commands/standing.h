/* Where a reader stands with one pitfall, for `list` and `progress`. */
#ifndef LOOSE_COMMANDS_STANDING_H
#define LOOSE_COMMANDS_STANDING_H

#include <jansson.h>

#include "reader/progress.h"

/* {"pitfall": ..., "predicted": ..., ...}, a new reference. */
json_t *standing_json(const struct reader *reader, const char *pitfall);
/* "> P x  3": in hand, predicted, opened or passed, attempts; seven columns, blank where there is nothing. For the caller to free. */
char *standing_marks(const struct reader *reader, const char *pitfall);

#endif
