#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

extern char **environ;

/* A supervisor takes up to half of it to end what it watches. */
enum { PATIENCE_MS = 60000 };

struct child {
	uv_process_t process;
	uv_timer_t patience; /* until its deadline, or from child_stop() on */
	int woken;	     /* times, since the deadline */
	int open;	     /* of these handles, while they are being closed */
	struct loop *loop;
	struct child_end end;
	bool running, stopping;
	bool *over; /* child_join() waits for it; else NULL */
	child_ended ended;
	void *context;
	struct child *next;
};

/* What would change a verdict from outside. BXFI_ is Criterion's: it tells a test program that it is one test's process. */
static const char *const unwanted[] = {
	"TSAN_OPTIONS=", "VALGRIND_OPTS=", "LD_PRELOAD=", "MALLOC_",	   "GLIBC_TUNABLES=", "CRITERION_",
	"MAKEFLAGS=",	 "MFLAGS=",	   "LOOSE_",	  "ASAN_OPTIONS=", "UBSAN_OPTIONS=",  "BXFI_"};

/* --- the loop --- */

static void insist(struct child *child)
{
	/* A process that was stopped would hear of nothing else. */
	kill(-child->process.pid, SIGTERM);
	kill(-child->process.pid, SIGCONT);
}

/* Told a second time, a supervisor waits no longer. */
static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;

	for (struct child *child = loop->children; child && loop->interrupted; child = child->next)
		insist(child);
	loop->interrupted = number;
	loop_stop(loop);
}

int loop_start(struct loop *loop, const char *root)
{
	static const int numbers[3] = {SIGINT, SIGTERM, SIGHUP};

	*loop = (struct loop){.patience_ms = PATIENCE_MS};
	int error = uv_loop_init(&loop->uv);
	if (error)
		return -error;
	loop->root = mem_copy(root);
	uv_idle_init(&loop->uv, &loop->idle);
	loop->idle.data = loop;
	for (int i = 0; i < 3; i++) {
		uv_signal_init(&loop->uv, &loop->signals[i]);
		loop->signals[i].data = loop;
	}
	for (int i = 0; i < 3 && !error; i++) {
		error = uv_signal_start(&loop->signals[i], on_signal, numbers[i]);
		uv_unref((uv_handle_t *)&loop->signals[i]);
	}
	if (error)
		loop_release(loop);
	return -error;
}

void loop_release(struct loop *loop)
{
	for (int i = 0; i < 3; i++)
		uv_close((uv_handle_t *)&loop->signals[i], NULL);
	uv_close((uv_handle_t *)&loop->idle, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	uv_loop_close(&loop->uv);
	free(loop->root);
	loop->root = NULL;
}

bool loop_until(struct loop *loop, const bool *over)
{
	while (!*over)
		if (!uv_run(&loop->uv, UV_RUN_ONCE) && !*over)
			return false;
	return true;
}

void loop_stop(struct loop *loop)
{
	for (struct child *child = loop->children; child; child = child->next)
		child_stop(child);
}

void loop_resume(struct loop *loop)
{
	loop->interrupted = 0;
}

/* What a call defers again comes in the next round, so that signals and ends come in between. */
static void on_idle(uv_idle_t *idle)
{
	struct loop *loop = idle->data;
	struct deferred *deferred = loop->first;

	loop->first = loop->last = NULL;
	while (deferred) {
		struct deferred *next = deferred->next;
		deferred->pending = false;
		deferred->call(deferred->context);
		deferred = next;
	}
	if (!loop->first)
		uv_idle_stop(&loop->idle);
}

void loop_defer(struct loop *loop, struct deferred *deferred)
{
	if (deferred->pending)
		return;
	deferred->pending = true;
	deferred->next = NULL;
	if (loop->last)
		loop->last->next = deferred;
	else
		loop->first = deferred;
	loop->last = deferred;
	uv_idle_start(&loop->idle, on_idle);
}

/* --- processes --- */

static bool is_unwanted(const char *variable)
{
	for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
		if (strncmp(variable, unwanted[i], strlen(unwanted[i])) == 0)
			return true;
	return false;
}

/* The caller frees the array, not its strings. */
static char **environment_with(char *const *extra, bool bare)
{
	size_t count = 0, room = 1;

	for (char **at = environ; *at; at++)
		room++;
	for (char *const *at = extra; at && *at; at++)
		room++;
	char **all = mem_zeroed(room, sizeof *all);
	for (char **at = environ; *at && !bare; at++)
		if (!is_unwanted(*at))
			all[count++] = *at;
	for (char *const *at = extra; at && *at; at++)
		all[count++] = *at;
	return all;
}

static void report_end(struct child *child)
{
	struct child **at = &child->loop->children;

	while (*at && *at != child)
		at = &(*at)->next;
	if (*at)
		*at = child->next;
	child->ended(child->context, &child->end);
	if (child->over)
		*child->over = true;
	child->over = NULL;
	child->ended = NULL;
}

static void on_closed(uv_handle_t *handle)
{
	struct child *child = handle->data;

	if (--child->open)
		return;
	/* It never ran: this is the loop's first word of it. */
	if (child->ended)
		report_end(child);
	free(child);
}

static void close_handles(struct child *child)
{
	child->open = 2;
	uv_close((uv_handle_t *)&child->process, on_closed);
	uv_close((uv_handle_t *)&child->patience, on_closed);
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
	struct child *child = process->data;

	child->running = false;
	child->end = (struct child_end){
		.how = child->stopping ? END_CANCELLED : END_DONE, .status = (int)status, .signal = signal};
	report_end(child);
	close_handles(child);
}

static uv_stdio_container_t inherited(int descriptor)
{
	return (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = descriptor};
}

/* What is left out is UV_IGNORE. */
static void fill_streams(uv_stdio_container_t *streams, const struct child_options *options)
{
	streams[1] = inherited(options->output);
	streams[2] = inherited(options->errors);
	if (options->third)
		streams[3] = inherited(options->third);
	for (size_t i = 0; i < options->more_count; i++)
		streams[4 + i] = inherited(options->more[i]);
}

static int spawn(struct child *child, const struct child_options *options)
{
	char **environment = environment_with(options->environment, options->bare);
	uv_stdio_container_t *streams = mem_zeroed(4 + options->more_count, sizeof *streams);
	uv_process_options_t process = {
		.file = options->argv[0],
		.args = (char **)options->argv,
		.env = environment,
		.cwd = options->directory,
		/* A group of its own: the terminal's Ctrl-C reaches the harness alone, which ends the rest in order. */
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = options->more_count ? 4 + (int)options->more_count
			       : options->third	   ? 4
						   : 3,
		.stdio = streams,
		.exit_cb = on_exit_of,
	};
	fill_streams(streams, options);
	int error = uv_spawn(&child->loop->uv, &child->process, &process);

	free(streams);
	free(environment);
	return -error;
}

/*
 * What it watches is long past its own deadline. A supervisor that the program has stopped goes on when it is told to, and
 * ends the program then.
 */
static void on_overdue(uv_timer_t *timer)
{
	struct child *child = timer->data;

	kill(-child->process.pid, SIGCONT);
	if (++child->woken * 1000 > PATIENCE_MS)
		kill(-child->process.pid, SIGKILL);
}

struct child *child_start(struct loop *loop, const struct child_options *options)
{
	struct child *child = mem_zeroed(1, sizeof *child);

	child->loop = loop;
	child->ended = options->ended;
	child->context = options->context;
	uv_timer_init(&loop->uv, &child->patience);
	child->patience.data = child->process.data = child;
	if (loop->interrupted) {
		/* What a signal ends begins nothing new. */
		child->end = (struct child_end){.how = END_CANCELLED, .signal = loop->interrupted};
		child->open = 1;
		uv_close((uv_handle_t *)&child->patience, on_closed);
		return child;
	}
	int error = spawn(child, options);
	if (error) {
		child->end = (struct child_end){.how = END_NOT_STARTED, .error = error};
		close_handles(child);
		return child;
	}
	child->running = true;
	if (options->deadline_ms)
		uv_timer_start(&child->patience, on_overdue, (uint64_t)options->deadline_ms, 1000);
	child->next = loop->children;
	loop->children = child;
	return child;
}

static void on_impatience(uv_timer_t *timer)
{
	struct child *child = timer->data;

	kill(-child->process.pid, SIGKILL);
}

void child_stop(struct child *child)
{
	if (child->stopping || !child->running)
		return;
	child->stopping = true;
	insist(child);
	uv_timer_start(&child->patience, on_impatience, child->loop->patience_ms, 0);
}

void child_signal(struct child *child, int number)
{
	if (child->running)
		kill(child->process.pid, number);
}

void child_signal_group(struct child *child, int number)
{
	if (child->running)
		kill(-child->process.pid, number);
}

void child_join(struct child *child)
{
	struct loop *loop = child->loop;
	bool over = false;

	child->over = &over;
	loop_until(loop, &over);
}

static void note_end(void *context, const struct child_end *end)
{
	*(struct child_end *)context = *end;
}

int loop_command(struct loop *loop, const struct child_options *options)
{
	struct child_end end;
	struct child_options with = *options;

	with.ended = note_end;
	with.context = &end;
	child_join(child_start(loop, &with));
	if (end.how == END_NOT_STARTED) {
		errno = end.error;
		return -1;
	}
	return end.signal ? 128 + end.signal : end.status;
}
