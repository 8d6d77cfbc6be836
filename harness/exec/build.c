/* See build.h. How make is called, and what its end means, stands in make.c; what it leaves is looked at in products.c. */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "control_group.h"
#include "leftovers.h"
#include "make.h"
#include "unchanged.h"

/* A program takes a second or two to compile; a machine may be twenty times as slow, and wait for another that builds. */
enum { DEADLINE_MS = 900000, DEADLINE_EACH_MS = 30000, OVERDUE_MS = 60000 };

/* What the Makefile prints for the goal "ready/TARGET". */
#define READY "ready "

struct build {
	struct loop *loop;
	const struct build_events *events;
	void *context;
	struct child *make; /* NULL once it has ended */
	char *result;	    /* the supervisor's file */
	long deadline_ms;
	uv_poll_t poll; /* of `output` */
	int output;	/* what make prints; -1: none */
	char *line;	/* what it has printed of a line */
	size_t length;
	enum end how;
	char *why;
	bool stopping;
	bool *over; /* build_join() waits for it; else NULL */
	struct deferred end;
	struct unchanged unchanged;
	char **targets;		     /* all that was asked for */
	struct control_group *group; /* around a sandbox; NULL: none */
	bool walled;		     /* in a sandbox */
	size_t asked, told;
};

char *build_target(const char *flavour, const char *source)
{
	return mem_format("build/%s/bin/%.*s", flavour, (int)strlen(source) - 2, source);
}

/* --- building --- */

static void take_line(struct build *build)
{
	build->line[build->length] = '\0';
	if (!build->stopping && strncmp(build->line, READY, strlen(READY)) == 0) {
		build->told++;
		if (build->events->ready)
			build->events->ready(build->context, build->line + strlen(READY));
	}
	build->length = 0;
}

static void take(struct build *build, const char *bytes, size_t count)
{
	while (count) {
		const char *end = memchr(bytes, '\n', count);
		size_t length = end ? (size_t)(end - bytes) : count;

		build->line = mem_resize(build->line, build->length + length + 1, 1);
		memcpy(build->line + build->length, bytes, length);
		build->length += length;
		if (end)
			take_line(build);
		bytes += length + (end != NULL);
		count -= length + (end != NULL);
	}
}

/* All that can be read now. False: nothing more will come. */
static bool drain(struct build *build)
{
	char bytes[4096];
	ssize_t got;

	while ((got = read(build->output, bytes, sizeof bytes)) > 0)
		take(build, bytes, (size_t)got);
	return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static void on_output(uv_poll_t *poll, int status, int events)
{
	(void)events;
	/* An end can always be read: until make is gone too, the loop would do nothing else. */
	if (status != 0 || !drain(poll->data))
		uv_poll_stop(poll);
}

static void finish(void *context)
{
	struct build *build = context;

	build->events->ended(build->context, build->how, build->why);
	if (build->over)
		*build->over = true;
	if (build->result)
		unlink(build->result);
	/* One that will not go is swept when we are gone. */
	if (build->group)
		control_group_remove(build->group);
	files_free(build->targets);
	free(build->result);
	free(build->why);
	free(build->line);
	free(build);
}

static void on_closed(uv_handle_t *poll)
{
	struct build *build = poll->data;

	close(build->output);
	finish(build);
}

static void on_make_ended(void *context, const struct child_end *end)
{
	struct build *build = context;

	build->make = NULL;
	build->how = end->how;
	if (end->how == END_NOT_STARTED)
		build->why =
			mem_format("cannot start '%s/build/supervisor': %s", build->loop->root, strerror(end->error));
	else if (end->how == END_DONE)
		build->why = make_failure(build->loop->root, build->result, build->deadline_ms);
	if (build->why)
		build->how = END_NOT_STARTED;
	make_tell_of_memory(build->loop->root, build->targets,
			    build->group ? control_group_victim(build->group) : VICTIM_NONE, build->walled);
	/* A process that outlives make may hold its output open: it has nothing to say. */
	drain(build);
	if (build->how == END_DONE && build->told == build->asked)
		unchanged_keep(&build->unchanged);
	uv_close((uv_handle_t *)&build->poll, on_closed);
}

/* Nothing was begun: the loop will tell. */
static void fail(struct build *build, char *why)
{
	build->how = END_NOT_STARTED;
	build->why = why;
	build->end.call = finish;
	build->end.context = build;
	loop_defer(build->loop, &build->end);
}

static int open_pipe(int ends[2])
{
	if (pipe(ends) != 0)
		return -1;
	for (int i = 0; i < 2; i++)
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return 0;
}

/* The same where the output is watched already. */
static void cannot_start(struct build *build, char *why)
{
	build->how = END_NOT_STARTED;
	build->why = why;
	uv_close((uv_handle_t *)&build->poll, on_closed);
}

/* A sandbox that does not begin leaves no result, and its words are in make's log. */
static void start_in_sandbox(struct build *build, const struct sandbox *sandbox, const struct child_options *outside)
{
	struct child_options options = *outside;
	struct sandboxed wrapped;
	char **environment = make_environment();

	sandbox_wrap(sandbox, SANDBOX_BUILDS, NULL, outside->argv, environment, &wrapped);
	options.argv = wrapped.command.argv;
	options.environment = wrapped.command.environment;
	options.more = wrapped.descriptors;
	options.more_count = wrapped.descriptor_count;
	options.bare = true;
	build->group = wrapped.group;
	wrapped.group = NULL;
	if (wrapped.why)
		cannot_start(build, mem_copy(wrapped.why));
	else
		build->make = child_start(build->loop, &options);
	sandboxed_release(&wrapped);
	files_free(environment);
}

static void start_make(struct build *build, const struct build_request *request, int output, int log)
{
	struct command command = {0};

	make_command(&command, build->loop->root, build->result, build->deadline_ms, request);
	struct child_options make = {.argv = command.argv,
				     .directory = build->loop->root,
				     .output = output,
				     .errors = log,
				     .deadline_ms = build->deadline_ms + OVERDUE_MS,
				     .ended = on_make_ended,
				     .context = build};
	int error = uv_poll_init(&build->loop->uv, &build->poll, build->output);

	if (error) {
		fail(build, mem_format("cannot watch a pipe to make: %s", uv_strerror(error)));
		close(build->output);
		command_release(&command);
		return;
	}
	build->poll.data = build;
	uv_poll_start(&build->poll, UV_READABLE, on_output);
	build->walled = request->sandbox;
	if (request->sandbox)
		start_in_sandbox(build, request->sandbox, &make);
	else
		build->make = child_start(build->loop, &make);
	command_release(&command);
}

/* Where leftovers_sweep() finds it should the harness be killed. */
static void name_result(struct build *build, const struct sandbox *sandbox)
{
	static unsigned long serial;

	if (sandbox) {
		build->result = mem_format("%s/make%lu", sandbox->writable, serial++);
		return;
	}
	char *name = mem_format("make%lu", serial++), *path = leftovers_name(name);
	char *runs = mem_format("%s/build/run", build->loop->root);

	mkdir(runs, 0777);
	build->result = mem_format("%s/%s", build->loop->root, path);
	free(runs);
	free(path);
	free(name);
}

static void tell_all(void *context)
{
	struct build *build = context;

	for (size_t i = 0; build->targets[i] && !build->stopping; i++)
		if (build->events->ready)
			build->events->ready(build->context, build->targets[i]);
	build->how = build->stopping ? END_CANCELLED : END_DONE;
	finish(build);
}

/* make would do nothing: the loop will tell. */
static void leave_out_make(struct build *build)
{
	build->end.call = tell_all;
	build->end.context = build;
	loop_defer(build->loop, &build->end);
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

struct build *build_start(struct loop *loop, const struct build_request *request, const struct build_events *events,
			  void *context)
{
	struct build *build = mem_zeroed(1, sizeof *build);

	*build = (struct build){.loop = loop, .events = events, .context = context, .asked = request->count};
	build->targets = mem_zeroed(request->count + 1, sizeof *build->targets);
	for (size_t i = 0; i < request->count; i++)
		build->targets[i] = mem_copy(request->targets[i]);
	if (unchanged_begin(&build->unchanged, loop->root, build->targets, request->count,
			    !request->variables || !*request->variables, now_ns())) {
		leave_out_make(build);
		return build;
	}
	char *path = mem_format("%s/build/make.log", loop->root);
	int log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), ends[2];
	name_result(build, request->sandbox);
	build->deadline_ms = DEADLINE_MS + (long)request->count * DEADLINE_EACH_MS;
	if (log < 0) {
		fail(build, mem_format("cannot write '%s': %s", path, strerror(errno)));
	} else if (open_pipe(ends) != 0) {
		fail(build, mem_format("cannot make a pipe to make: %s", strerror(errno)));
	} else {
		build->output = ends[0];
		start_make(build, request, ends[1], log);
		close(ends[1]);
	}
	if (log >= 0)
		close(log);
	free(path);
	return build;
}

void build_stop(struct build *build)
{
	build->stopping = true;
	if (build->make)
		child_stop(build->make);
}

void build_join(struct build *build)
{
	struct loop *loop = build->loop;
	bool over = false;

	build->over = &over;
	loop_until(loop, &over);
}

/* --- building and waiting --- */

struct waited {
	char *const *targets;
	size_t count;
	bool *ready;
	enum end how;
	char *why;
};

static void note_ready(void *context, const char *target)
{
	struct waited *waited = context;

	for (size_t i = 0; i < waited->count; i++)
		if (strcmp(waited->targets[i], target) == 0)
			waited->ready[i] = true;
}

static void note_end(void *context, enum end how, const char *why)
{
	struct waited *waited = context;

	waited->how = how;
	waited->why = why ? mem_copy(why) : NULL;
}

int build_targets(struct loop *loop, char *const *targets, size_t count, int jobs, char **error)
{
	static const struct build_events events = {note_ready, note_end};
	const struct build_request request = {.targets = targets, .count = count, .jobs = jobs};
	struct waited waited = {targets, count, mem_zeroed(count, sizeof(bool)), END_DONE, NULL};

	build_join(build_start(loop, &request, &events, &waited));
	*error = waited.why;
	if (waited.how == END_CANCELLED)
		*error = mem_copy("the build was interrupted");
	for (size_t i = 0; i < count && !*error; i++) {
		if (waited.ready[i])
			continue;
		char *words = build_failure(loop->root, targets[i]);
		*error = mem_format("'%s' was not built: %s", targets[i], words);
		free(words);
	}
	free(waited.ready);
	return *error ? -1 : 0;
}
