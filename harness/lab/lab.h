/*
 * Programs that run until they are told to, each under a supervisor, with a
 * directory for what they write. However a lab ends, by its own will, by
 * Ctrl-C or by SIGKILL, none of its programs outlives it.
 *
 *     lab_open(&lab, root);
 *     lab_start(&lab, "server", argv);
 *     while (!lab_fallen(&lab) && !ready(&lab))    // lab_read(&lab, "server.out")
 *             lab_pause(&lab, 50);
 *     lab_stop(&lab);                              // SIGTERM; killed when that does not help
 *     lab_close(&lab);                             // the directory is gone
 */
#ifndef LOOSE_LAB_H
#define LOOSE_LAB_H

#include <stdbool.h>

#include "exec/loop.h"

enum { LAB_PROGRAMS = 4, LAB_GRACE_MS = 5000 };

struct lab {
	struct loop loop;
	char *directory; /* absolute */
	struct lab_program {
		const char *name;    /* NULL: a free place */
		struct child *child; /* NULL once it has ended */
		bool ended;
		int error; /* it did not start */
	} programs[LAB_PROGRAMS];
};

/* 0, or -1 with errno when there can be no directory or no loop; then the lab is closed already. */
int lab_open(struct lab *lab, const char *root);
/* No program may run any more. */
void lab_close(struct lab *lab);
/*
 * Starts a program; argv[0] is a path, or looked up in PATH. Its output goes to the lab's
 * files NAME.out and NAME.err. `name` lives as long as the lab. 0, or EAGAIN when there are too many; one that cannot be
 * started has ended.
 */
int lab_start(struct lab *lab, const char *name, char *const *argv);
/* Asks all programs to stop, waits until they have ended, and forgets them. */
void lab_stop(struct lab *lab);
/* How a program that has ended did: "exit 0", "signal 11", "stopped" when it had to be killed; for the caller to free. */
char *lab_end(const struct lab *lab, const char *name);
/* The name of a program that has ended, unasked; NULL while all run. */
const char *lab_fallen(const struct lab *lab);
/* Lets the time pass; returns early when the loop is interrupted. */
void lab_pause(struct lab *lab, unsigned ms);
/* Files of the lab's directory. The text is the caller's to free; "" when there is no such file. */
char *lab_read(const struct lab *lab, const char *file);
/* 0, or -1 with errno. */
int lab_write(const struct lab *lab, const char *file, const char *text);

#endif
