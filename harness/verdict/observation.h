/*
 * What one run of one program under one detector showed. An observation holds
 * no opinion: verdict.c compares it with what the program declares. It is what
 * the cache keeps, so that an unchanged program is not run again.
 */
#ifndef LOOSE_OBSERVATION_H
#define LOOSE_OBSERVATION_H

#include "finding.h"
#include "trace/trace.h"

/* Who is to blame when a run cannot be judged. */
enum fault {
	FAULT_NONE,	/* the program ended by itself and the detector closed cleanly */
	FAULT_PROGRAM,	/* it crashed, hung, or flooded its output */
	FAULT_DETECTOR, /* it is missing, never started, or died half way */
	FAULT_UNFIT,	/* it cannot watch what this program does; others can */
};

/* How the run of the program came to its end. */
enum ending {
	ENDED_BY_ITSELF,  /* `status` */
	ENDED_BY_SIGNAL,  /* `signal`: it crashed, gave up, or was killed */
	ENDED_DEADLOCKED, /* by the supervisor: each thread waited for another, for ever */
	ENDED_IDLE,	  /* by the supervisor: it waited for something from outside that did not come */
	ENDED_UNSIGNALLED, /* by the supervisor: each thread waited for another; only a signal's handler could change that */
	ENDED_LATE,	   /* by the supervisor: still running at its deadline */
	ENDED_AT_A_CALL,     /* by the detector's runtime, which does not survive a wrong call that it made */
	ENDED_REPLACED,	     /* by exec(): what it became nobody watched */
	ENDED_FLOODING,	     /* by the supervisor: it printed without end */
	ENDED_OUT_OF_MEMORY, /* by the sandbox: it took more than it may */
	ENDED_UNKNOWN,	     /* it never started, or the supervisor does not say */
	ENDED_LEAVING,	     /* by itself, with processes that went on and that the supervisor ended */
};

/*
 * How the program ended, and what it said, belongs to this run and is not kept
 * in the cache: a run that ended badly is not, and a program that is known to
 * end well is not asked again.
 */
struct observation {
	enum fault fault;
	char *why; /* one line for the reader; NULL when fault is FAULT_NONE */
	enum ending ending;
	int signal; /* ENDED_BY_SIGNAL */
	/*
	 * Where each thread stood when the supervisor ended the program, or one
	 * thread when it crashed; a stack's role says what the thread waited for.
	 */
	struct stack *standing;
	size_t standing_count;
	/*
	 * Beginning and end of what it wrote on its standard output and error,
	 * without what its detector wrote there; NULL: nothing, or nobody asked.
	 */
	char *output, *errors;
	bool own_network; /* no other run can have taken a port from it */
	struct findings findings;
	int status;	 /* exit status of the program */
	char *last_line; /* last line of its standard output, without newline; NULL when it printed none */
	char *failed;  /* names of the failed tests, sorted, separated by ", "; NULL when none or not a test program */
	char *said;    /* what failed tests say, a line for each; NULL when nothing */
	int hung;      /* tests that the supervisor ended, for each of their threads waited for another */
	int timed_out; /* tests that ran into their limit of time; it is not kept */
	int tests;     /* how many tests ran; 0 for a chapter's program */
	json_t *measured;    /* figures, of a detector that measures; NULL: none */
	struct trace *trace; /* of one that records; NULL: none. It is not kept */
	long cpu_ms, wall_ms, peak_kib;
};

/* Marks the observation as one that cannot be judged. The first fault stays: later ones follow from it. */
void observation_fail(struct observation *seen, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, in place of what was known before: the reason for it has been found. */
void observation_blame(struct observation *seen, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The program ended otherwise than by itself: FAULT_PROGRAM, and why. */
void observation_end(struct observation *seen, enum ending ending, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Appends an empty stack to `standing`; it is owned by `seen`. */
struct stack *observation_add_standing(struct observation *seen, const char *role);
void observation_release(struct observation *seen);

/* A JSON object (new reference), and back; false if `object` is not one that observation_to_json made. */
json_t *observation_to_json(const struct observation *seen);
bool observation_from_json(const json_t *object, struct observation *seen);

#endif
