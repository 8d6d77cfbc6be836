/*
 * Where the threads of a program stood when the supervisor ended it: from the
 * addresses of exec/supervisor/stacks.h to places in the source, and which of
 * them waits for which other one.
 */
#ifndef LOOSE_STANDING_H
#define LOOSE_STANDING_H

#include "detectors/symbolizer.h"
#include "verdict/detector.h"

struct standing_resolver {
	/* As symbolizer_code() and symbolizer_data(). */
	size_t (*code)(void *context, uint64_t pc, struct code_place *places, size_t room);
	const char *(*data)(void *context, uint64_t address, uint64_t *offset);
	void *context;
	const struct run *run;
};

/*
 * Adds to `seen->standing` each thread of these bytes that is in the program's
 * own code. The symbols are asked of what `open` makes from a process's maps,
 * and `close` takes back. What is cut short is read as far as it goes.
 */
void standing_read(const char *bytes, size_t length, const struct run *run,
		   struct standing_resolver (*open)(const char *maps, const struct run *run),
		   void (*close)(struct standing_resolver *resolver), struct observation *seen);

/* Reads the file "stacks" of the run's directory; nothing when there is none. */
void standing_collect(const struct run *run, struct observation *seen);

#endif
