/*
 * What a Valgrind tool wrote with --xml=yes (protocol 4: the file
 * xml-output-protocol4.txt in Valgrind's documentation), read by expat. Pure:
 * bytes in, findings out.
 *
 * Thread numbers become names (a thread is called after its outermost own
 * function), and addresses go, except that in a lock order the locks are told
 * apart by letters.
 */
#ifndef LOOSE_VALGRIND_XML_H
#define LOOSE_VALGRIND_XML_H

#include "verdict/detector.h"

struct valgrind_output {
	long pid, parent;
	char *executable;   /* as it was started; NULL when unknown */
	char *signal;	    /* the name of the signal that ended the process; NULL when none did */
	struct stack fatal; /* where that signal met it; its role says which thread and which signal; empty: not told */
	bool foreign;	    /* somebody else has written in it */
	bool altered;	    /* that, or its counts are not those of what it lists: something is hidden */
	/* It is this tool's, its state is FINISHED, the document is closed, and nobody has altered it. */
	bool complete;
};

/*
 * Adds the findings to `findings` and fills `output`, which
 * valgrind_output_release() empties. What could be read is there even if it is
 * not complete.
 */
void valgrind_xml_read(const char *bytes, size_t length, const char *tool, const struct run *run,
		       struct findings *findings, struct valgrind_output *output);
void valgrind_output_release(struct valgrind_output *output);

#endif
