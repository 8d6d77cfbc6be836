/*
 * What a harness that was killed leaves: directories in build/run and build/submissions, control groups to which links in
 * build/run lead, and the memory and the sockets of the Criterion programs that it watched. Each has in its name
 * the process that made it; it is swept when that process is gone, so that another
 * harness may be at work meanwhile.
 */
#ifndef LOOSE_LEFTOVERS_H
#define LOOSE_LEFTOVERS_H

/*
 * "PID-START-MACHINE", with which a name in build/run or build/submissions begins, and a dot comes next; for the caller to
 * free. START is when this process started: its number alone may be another's after a while. Several machines may
 * share the workbook.
 */
char *leftovers_maker(void);
/* "build/run/PID-START-MACHINE.NAME", relative to the root, for the caller to free. */
char *leftovers_name(const char *name);
/* Takes away what is left of processes that are gone. */
void leftovers_sweep(const char *root);

#endif
