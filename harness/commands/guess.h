/* What a reader expects of the detectors, as they type it. Pure: text in, cells out. */
#ifndef LOOSE_COMMANDS_GUESS_H
#define LOOSE_COMMANDS_GUESS_H

#include "reader/progress.h"

/*
 * Sets which of the `count` cells are guessed to fire. `text` names them, by whole names or by letters that no other
 * begins with: "tsan, helgrind", "t h", "th"; or answers for each in their order, "y n n y y"; or says "none" or "all".
 * NULL; or one line that says what is wrong, for the caller to free, and the cells are as they were.
 */
char *guess_read(const char *text, struct cell *cells, size_t count);
/* A confidence in per cent: "80", "80%". NULL and the value; or a line, for the caller to free. */
char *guess_confidence(const char *text, int *confidence);
/* One of `count` answers: its letter from 'a' on, its number from 1 on, or the answer itself. As above. */
char *guess_answer(const char *text, char *const *answers, size_t count, size_t *which);

#endif
