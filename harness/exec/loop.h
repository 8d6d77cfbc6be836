/*
 * The event loop, and every process that the harness starts. One loop lives
 * from the start of a command to its end. Ctrl-C, SIGTERM and SIGHUP end all
 * children before the loop lets go; nothing that it started is left behind.
 *
 * What takes time has three functions: _start begins it and returns a handle;
 * _stop asks it to end, returns at once, and may be called again; _join runs
 * the loop until it has ended. How it ended is told exactly once, by a call
 * that comes from the loop and never from inside _start or _stop; with that
 * call the handle is gone.
 */
#ifndef LOOSE_LOOP_H
#define LOOSE_LOOP_H

#include <stdbool.h>

#include <uv.h>

enum end {
	END_DONE,	 /* by itself */
	END_CANCELLED,	 /* by _stop or a signal to the harness; what came of it does not count */
	END_NOT_STARTED, /* this machine would not let it begin */
};

struct loop {
	uv_loop_t uv;
	uv_signal_t signals[3];
	uv_idle_t idle; /* active while something is deferred */
	struct deferred *first, *last;
	struct child *children;
	unsigned patience_ms; /* after child_stop(); a minute */
	int interrupted;      /* the signal that came, or 0 */
	char *root;	      /* absolute path of the workbook; the harness's own, not the caller's directory */
};

/* 0, or an error number: there is no loop then. */
int loop_start(struct loop *loop, const char *root);
/* Nothing that was started may be left. */
void loop_release(struct loop *loop);
/*
 * Runs until *over, which something that was started sets, is true. False when
 * nothing is left that could set it.
 */
bool loop_until(struct loop *loop, const bool *over);
/* Asks all children to end. */
void loop_stop(struct loop *loop);
/* Forgets a signal that came, so that something else can be started. No child may be left of what it ended. */
void loop_resume(struct loop *loop);

/* A call that the loop makes soon, and not before its caller's caller has returned. */
struct deferred {
	void (*call)(void *context);
	void *context;
	struct deferred *next;
	bool pending;
};

/* The structure must live until the call; one that is pending already is called once. */
void loop_defer(struct loop *loop, struct deferred *deferred);

/* --- processes --- */

struct child;

struct child_end {
	enum end how;
	int status, signal; /* its exit status, or the signal that killed it */
	int error;	    /* END_NOT_STARTED: the error number */
};

typedef void (*child_ended)(void *context, const struct child_end *end);

struct child_options {
	char *const *argv;	  /* argv[0] is looked up in PATH */
	char *const *environment; /* "NAME=value", added to the harness's own; may be NULL */
	const char *directory;	  /* working directory; NULL: the caller's */
	int output, errors;	  /* descriptors for its standard output and error */
	int third;		  /* for its descriptor 3; 0: it has none */
	const int *more;	  /* for its descriptors from 4 on; may be NULL */
	size_t more_count;
	bool bare;	  /* it has nothing of the harness's own environment */
	long deadline_ms; /* a supervisor that is still there then is woken, and killed a minute later; 0: none */
	child_ended ended;
	void *context;
};

/* The child is the leader of its own process group. What the options point to is not needed any more afterwards. */
struct child *child_start(struct loop *loop, const struct child_options *options);
/* SIGTERM to the group; a supervisor then ends what it watches. SIGKILL when that does not help. */
void child_stop(struct child *child);
/* To the child alone. */
void child_signal(struct child *child, int number);
/* To its process group: to a supervisor in a sandbox, and what stands around it. */
void child_signal_group(struct child *child, int number);
void child_join(struct child *child);
/* One command, waited for. Its status, 128 + signal, or -1 with errno when it did not start. */
int loop_command(struct loop *loop, const struct child_options *options);

#endif
