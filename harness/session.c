#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

extern char **environ;

struct child {
	uv_process_t process;
	struct session *session;
	child_ended ended;
	void *context;
	struct child *next;
};

/* What would change a verdict from outside. BXFI_ is Criterion's: it tells a test program that it is one test's process. */
static const char *const unwanted[] = {"TSAN_OPTIONS=", "VALGRIND_OPTS=", "LD_PRELOAD=", "MALLOC_", "GLIBC_TUNABLES=",
				       "CRITERION_",	"MAKEFLAGS=",	  "MFLAGS=",	 "LOOSE_",  "ASAN_OPTIONS=",
				       "UBSAN_OPTIONS=", "BXFI_"};

static void on_signal(uv_signal_t *handle, int number)
{
	struct session *session = handle->data;

	session->interrupted = number;
	session_stop(session);
}

void session_start(struct session *session, const char *root)
{
	static const int numbers[3] = {SIGINT, SIGTERM, SIGHUP};

	*session = (struct session){.root = mem_copy(root)};
	uv_loop_init(&session->loop);
	for (int i = 0; i < 3; i++) {
		uv_signal_init(&session->loop, &session->signals[i]);
		session->signals[i].data = session;
		uv_signal_start(&session->signals[i], on_signal, numbers[i]);
		uv_unref((uv_handle_t *)&session->signals[i]);
	}
}

void session_release(struct session *session)
{
	for (int i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&session->signals[i], NULL);
	uv_run(&session->loop, UV_RUN_DEFAULT);
	uv_loop_close(&session->loop);
	free(session->root);
}

static bool is_unwanted(const char *variable)
{
	for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
		if (strncmp(variable, unwanted[i], strlen(unwanted[i])) == 0)
			return true;
	return false;
}

/* The caller frees the array, not its strings. */
static char **environment_with(char *const *extra)
{
	size_t count = 0, room = 1;

	for (char **at = environ; *at; at++)
		room++;
	for (char *const *at = extra; at && *at; at++)
		room++;
	char **all = mem_zeroed(room, sizeof *all);
	for (char **at = environ; *at; at++)
		if (!is_unwanted(*at))
			all[count++] = *at;
	for (char *const *at = extra; at && *at; at++)
		all[count++] = *at;
	return all;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
	struct child *child = process->data, **at = &child->session->children;

	while (*at != child)
		at = &(*at)->next;
	*at = child->next;
	child->ended(child->context, (int)status, signal);
	uv_close((uv_handle_t *)process, on_closed);
}

int session_spawn(struct session *session, const struct child_options *options)
{
	struct child *child = mem_zeroed(1, sizeof *child);
	char **environment = environment_with(options->environment);
	uv_stdio_container_t streams[3] = {
		{.flags = UV_IGNORE},
		{.flags = UV_INHERIT_FD, .data.fd = options->output},
		{.flags = UV_INHERIT_FD, .data.fd = options->errors},
	};
	uv_process_options_t process = {
		.file = options->argv[0],
		.args = (char **)options->argv,
		.env = environment,
		.cwd = options->directory,
		/* A group of its own: the terminal's Ctrl-C reaches the harness alone, which ends the rest in order. */
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = 3,
		.stdio = streams,
		.exit_cb = on_exit_of,
	};

	child->session = session;
	child->ended = options->ended;
	child->context = options->context;
	child->process.data = child;
	int error = uv_spawn(&session->loop, &child->process, &process);
	free(environment);
	if (error) {
		uv_close((uv_handle_t *)&child->process, on_closed);
		return -error;
	}
	child->next = session->children;
	session->children = child;
	return 0;
}

void session_run(struct session *session)
{
	uv_run(&session->loop, UV_RUN_DEFAULT);
}

void session_stop(struct session *session)
{
	for (struct child *child = session->children; child; child = child->next)
		kill(-child->process.pid, SIGTERM);
}

struct waited {
	int status, signal;
};

static void note_end(void *context, int status, int signal)
{
	*(struct waited *)context = (struct waited){status, signal};
}

int session_command(struct session *session, const struct child_options *options)
{
	struct waited waited = {-1, 0};
	struct child_options with = *options;

	with.ended = note_end;
	with.context = &waited;
	int error = session_spawn(session, &with);
	if (error) {
		session_run(session);
		errno = error;
		return -1;
	}
	session_run(session);
	return waited.signal ? 128 + waited.signal : waited.status;
}
