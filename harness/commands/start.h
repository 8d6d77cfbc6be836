/* What `./loose` alone says. */
#ifndef LOOSE_COMMANDS_START_H
#define LOOSE_COMMANDS_START_H

/* What this is, where the reader is, and the one thing to type next. Returns the exit status. */
int start_page(const char *root);

#endif
