#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

extern char **environ;

struct child {
	uv_process_t process;
	struct loop *loop;
	child_ended ended;
	void *context;
	struct child *next;
};

/* What would change a verdict from outside. BXFI_ is Criterion's: it tells a test program that it is one test's process. */
static const char *const unwanted[] = {
	"TSAN_OPTIONS=", "VALGRIND_OPTS=", "LD_PRELOAD=", "MALLOC_",	   "GLIBC_TUNABLES=", "CRITERION_",
	"MAKEFLAGS=",	 "MFLAGS=",	   "LOOSE_",	  "ASAN_OPTIONS=", "UBSAN_OPTIONS=",  "BXFI_"};

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;

	loop->interrupted = number;
	loop_stop(loop);
}

void loop_start(struct loop *loop, const char *root)
{
	static const int numbers[3] = {SIGINT, SIGTERM, SIGHUP};

	*loop = (struct loop){.root = mem_copy(root)};
	uv_loop_init(&loop->uv);
	for (int i = 0; i < 3; i++) {
		uv_signal_init(&loop->uv, &loop->signals[i]);
		loop->signals[i].data = loop;
		uv_signal_start(&loop->signals[i], on_signal, numbers[i]);
		uv_unref((uv_handle_t *)&loop->signals[i]);
	}
}

void loop_release(struct loop *loop)
{
	for (int i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&loop->signals[i], NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	uv_loop_close(&loop->uv);
	free(loop->root);
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
	struct child *child = process->data, **at = &child->loop->children;

	while (*at != child)
		at = &(*at)->next;
	*at = child->next;
	child->ended(child->context, (int)status, signal);
	uv_close((uv_handle_t *)process, on_closed);
}

int loop_spawn(struct loop *loop, const struct child_options *options)
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

	child->loop = loop;
	child->ended = options->ended;
	child->context = options->context;
	child->process.data = child;
	int error = uv_spawn(&loop->uv, &child->process, &process);
	free(environment);
	if (error) {
		uv_close((uv_handle_t *)&child->process, on_closed);
		return -error;
	}
	child->next = loop->children;
	loop->children = child;
	return 0;
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	for (struct child *child = loop->children; child; child = child->next)
		kill(-child->process.pid, SIGTERM);
}

struct waited {
	int status, signal;
};

static void note_end(void *context, int status, int signal)
{
	*(struct waited *)context = (struct waited){status, signal};
}

int loop_command(struct loop *loop, const struct child_options *options)
{
	struct waited waited = {-1, 0};
	struct child_options with = *options;

	with.ended = note_end;
	with.context = &waited;
	int error = loop_spawn(loop, &with);
	if (error) {
		loop_run(loop);
		errno = error;
		return -1;
	}
	loop_run(loop);
	return waited.signal ? 128 + waited.signal : waited.status;
}
