/*
 * What a harness that was killed leaves: directories in build/run, and the memory
 * and the sockets of the Criterion programs that it watched. Each has in its name
 * the process that made it; it is swept when that process is gone, so that another
 * harness may be at work meanwhile.
 */
#ifndef LOOSE_LEFTOVERS_H
#define LOOSE_LEFTOVERS_H

/*
 * "build/run/PID-START.NAME", relative to the root, for the caller to free. START is
 * when this process started: its number alone may be another's after a while.
 */
char *leftovers_name(const char *name);
/* Takes away what is left of processes that are gone. */
void leftovers_sweep(const char *root);

#endif
