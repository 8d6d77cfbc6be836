/*
 * The nightly import of a power company. Lines come in at the intake. One
 * thread, the parser, makes readings of them; another, the writer, brings the
 * readings to the archive. Between the two is a short queue.
 *
 *     intake -> parser -> queue -> writer -> archive
 *
 * Intake and archive belong to the caller, who hands over four functions. There
 * is one import in a process. It is started once and stopped once.
 */
#ifndef IMPORT_H
#define IMPORT_H

struct import_parts {
	/* Waits for a line, such as "17 2504". NULL when the intake is shut and has handed out all that it had accepted. */
	const char *(*next_line)(void);
	/* From now on the intake accepts nothing. Does not wait. */
	void (*shut)(void);

	/* Stores a reading. May take long. */
	void (*write)(int meter, int reading);
	/* Gives back all that the archive holds. Nothing may be written any more, nor be in the middle of it. */
	void (*close)(void);
};

/* Starts parser and writer. `parts` stays the caller's, and as it is until import_stop() has returned. */
void import_start(const struct import_parts *parts);

/*
 * Stops the import, from the outside in: the intake first, then the threads,
 * and what they all need last. The intake is shut whatever the others are doing
 * at that moment. When import_stop() returns,
 *
 *   - every line that the intake accepted has been parsed, and its reading
 *     written, once, in order; a line that is not a reading is skipped;
 *   - the archive has been closed, once, after the last write;
 *   - none of the four functions is running or will be called again, and what
 *     they have written the caller may read without a lock;
 *   - parser and writer have ended and are joined.
 */
void import_stop(void);

#endif
