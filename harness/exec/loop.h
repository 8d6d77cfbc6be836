/*
 * The event loop, and every process that the harness starts. One loop lives
 * from the start of a command to its end. Ctrl-C, SIGTERM and SIGHUP end all
 * children before the loop lets go; nothing that it started is left behind.
 */
#ifndef LOOSE_LOOP_H
#define LOOSE_LOOP_H

#include <stdbool.h>

#include <uv.h>

struct loop {
	uv_loop_t uv;
	uv_signal_t signals[3];
	struct child *children;
	int interrupted; /* the signal that came, or 0 */
	char *root;	 /* absolute path of the workbook; the harness's own, not the caller's directory */
};

/* Called once a child has ended: its exit status, or the signal that killed it. */
typedef void (*child_ended)(void *context, int status, int signal);

struct child_options {
	char *const *argv;	  /* argv[0] is looked up in PATH */
	char *const *environment; /* "NAME=value", added to the harness's own; may be NULL */
	const char *directory;	  /* working directory; NULL: the caller's */
	int output, errors;	  /* descriptors for its standard output and error */
	child_ended ended;
	void *context;
};

void loop_start(struct loop *loop, const char *root);
/* The loop must have run dry: no child is alive. */
void loop_release(struct loop *loop);
/* 0, or an error number; then `ended` is never called. The child is the leader of its own process group. */
int loop_spawn(struct loop *loop, const struct child_options *options);
/* Runs until no child is left. */
void loop_run(struct loop *loop);
/* Ends all children: SIGTERM to each; a supervisor then ends what it watches. */
void loop_stop(struct loop *loop);
/* One command, waited for. Its status, 128 + signal, or -1 with errno when it did not start. */
int loop_command(struct loop *loop, const struct child_options *options);

#endif
