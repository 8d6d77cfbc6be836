/*
 * A detector: one file in detectors/ that defines a `const struct detector
 * detector_NAME`, and one row in its table.c. The harness knows nothing else of
 * it: what it must know of one and not of another is a trait below, never the
 * detector's name or address.
 *
 * A run has a directory of its own (run->directory, absolute), empty at the
 * start and removed at the end. The harness starts the command with the
 * program's standard output in the file "stdout" there and its standard error
 * in "stderr". The program can write there too, so reports come another way:
 * through the channel (wire/channel.h), into memory.
 */
#ifndef LOOSE_DETECTOR_H
#define LOOSE_DETECTOR_H

#include "observation.h"
#include "wire/channel.h"

/* What one process has sent: bytes, after which stands a NUL. */
struct process_report {
	long pid;
	const char *bytes;
	size_t length;
};

/* What a detector has found in another run of the same program. */
struct sighting {
	const struct detector *detector;
	const struct finding *finding;
};

struct run {
	const char *program;   /* absolute path of the executable */
	const char *root;      /* absolute path of the workbook */
	const char *directory; /* absolute path of this run's files */
	bool tests;	       /* its tests run in child processes, by Criterion or by runtime/runner */
	/*
	 * The innermost directory that holds the program's own sources and no
	 * others (an absolute path, no trailing slash): a frame is own when its
	 * file lies in one of these. NULL at the end; NULL: none.
	 */
	char *const *own;
	const char *bounds; /* of the budget, with commas between them; NULL: none */
	/* Of the detector's kind, in the order in which the processes began; there once the run has ended. */
	const struct process_report *reports;
	size_t report_count;
	const struct process_report *results; /* of its tests, by who ran them; NULL: there are none */
	const struct sighting *sightings;     /* for a recorder: what its trace is to show */
	size_t sighting_count;
};

/* The command line and the environment of a run. Both are NULL-terminated; strings are owned by the structure. */
struct command {
	char **argv;
	char **environment; /* "NAME=value", added to the harness's own */
};

/* What a detector may report. */
struct kind {
	const char *name;     /* the detector's own; "*": whatever it is called */
	const char *headline; /* what the detector prints above a report of it; NULL: nothing but the name */
	const char *meaning;  /* in a sentence that a learner understands */
	const char *advice;   /* what to look at in the code; NULL: nothing to say */
};

struct detector {
	const char *name;
	const char *title;	   /* as the book's texts call it; NULL: by its name */
	const char *looks_at;	   /* what of a program, for a reader who is to predict; NULL: nobody predicts it */
	const char *flavour;	   /* of the build, one of the Makefile's FLAVOURS */
	const struct kind *kinds;  /* all that it may report; the last has no name */
	enum channel_kind channel; /* of its reports */

	/* Traits; all false in most. */
	bool tests;	/* it is the plain run of a program's tests: they pass or fail, and it finds nothing else */
	bool optional;	/* programs need not declare it, and the book's tables leave it out */
	bool races;	/* it looks for accesses that nothing orders */
	bool heavy;	/* under it a program takes many times its own time */
	bool simulates; /* the program runs inside the detector, which has stacks and signals of its own */
	bool bounded;	/* it holds the program against the bounds of its declaration */
	bool measures;	/* observations have its figures, which can be plotted */
	bool headlines; /* a finding's headline says more than its kind, and is shown with it */
	bool records;	/* it judges nothing: an observation is a trace of the run, and is not kept */
	bool sanitizer; /* its words are quoted as a sanitizer writes them: "#1 f x.c:3", not "by f (x.c:3)" */

	/* Appends to `command` what stands before the program's path, and the environment. */
	void (*prepare)(const struct run *run, struct command *command);
	/*
	 * Appends what a reader types before the program's path to see the same without the harness, and the environment: all on
	 * which a verdict rests, and no more. Paths are relative to the workbook. `here`: as the version of the tool on this
	 * machine needs it; else as the texts show it. NULL: the detector is the harness's own.
	 */
	void (*by_hand)(bool here, struct command *command);
	/*
	 * Reads the run's reports and adds findings, or a fault, to `seen`, whose
	 * status is already filled in. A report that is missing, cut short, or
	 * without its closing mark is a fault of the detector; never silence.
	 */
	void (*collect)(const struct run *run, struct observation *seen);
};

void command_argument(struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
void command_environment(struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Appends what a Criterion program needs after its path. */
void command_test_arguments(struct command *command);
void command_release(struct command *command);

/* All of them, in the order of the book's tables; NULL-terminated. */
extern const struct detector *const detectors[];
/* By name, that of the plain run of the tests included. NULL when there is none. */
const struct detector *detector_named(const char *name);
/* The one with the trait `tests`, which is not among them. */
const struct detector *detector_of_tests(void);
/* The one that records, which is not among them either. */
const struct detector *detector_that_records(void);
/* The first that measures. */
const struct detector *detector_that_measures(void);
/* Its kind of this name, or else "*"; NULL: it has none of the two. */
const struct kind *detector_kind(const struct detector *detector, const char *name);
bool detector_knows_kind(const struct detector *detector, const char *kind);
/* True when the program is one of the workbook, or was made for one of its exercises; false for a reader's own. */
bool run_is_of_workbook(const struct run *run);
/* True when `file` (absolute or NULL) lies in one of the run's own directories. */
bool run_owns(const struct run *run, const char *file);

#endif
