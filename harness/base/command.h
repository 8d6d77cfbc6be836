/* A short command that is waited for, without the event loop: what a tool says of itself. */
#ifndef LOOSE_BASE_COMMAND_H
#define LOOSE_BASE_COMMAND_H

/*
 * What the command (looked up in PATH) prints, for the caller to free; NULL when it does not start, ends with another
 * status than 0, or has not ended after so many milliseconds: then it is killed. It has a process group of its own, so that
 * the terminal's Ctrl-C is the caller's affair alone.
 */
char *command_output(char *const *argv, int deadline_ms);

#endif
