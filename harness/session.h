/*
 * The event loop, and every process that the harness starts. One session lives
 * from the start of a command to its end. Ctrl-C, SIGTERM and SIGHUP end all
 * children before the session lets go; nothing that it started is left behind.
 */
#ifndef LOOSE_SESSION_H
#define LOOSE_SESSION_H

#include <stdbool.h>

#include <uv.h>

struct session {
	uv_loop_t loop;
	uv_signal_t signals[3];
	struct child *children;
	int interrupted; /* the signal that came, or 0 */
	char *root;	 /* absolute path of the workbook; the harness's own, not the caller's directory */
};

/* Called once a child has ended: its exit status, or the signal that killed it. */
typedef void (*child_ended)(void *context, int status, int signal);

struct child_options {
	char *const *argv;	   /* argv[0] is looked up in PATH */
	char *const *environment; /* "NAME=value", added to the harness's own; may be NULL */
	const char *directory;	   /* working directory; NULL: the caller's */
	int output, errors;	   /* descriptors for its standard output and error */
	child_ended ended;
	void *context;
};

void session_start(struct session *session, const char *root);
/* The loop must have run dry: no child is alive. */
void session_release(struct session *session);
/* 0, or an error number; then `ended` is never called. The child is the leader of its own process group. */
int session_spawn(struct session *session, const struct child_options *options);
/* Runs until no child is left. */
void session_run(struct session *session);
/* Ends all children: SIGTERM to each; a warden then ends what it watches. */
void session_stop(struct session *session);
/* One command, waited for. Its status, 128 + signal, or -1 with errno when it did not start. */
int session_command(struct session *session, const struct child_options *options);

#endif
