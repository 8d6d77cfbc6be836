/* See build.h. What a build leaves is looked at in products.c. */
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
#include "resources.h"
#include "unchanged.h"

/* A program takes a second or two to compile; a machine may be twenty times as slow, and wait for another that builds. */
enum { DEADLINE_MS = 900000, DEADLINE_EACH_MS = 30000, GRACE_MS = 5000, OVERDUE_MS = 60000 };

/* What the Makefile prints for the goal "ready/TARGET". */
#define READY "ready "

/* flock's exit status when the command is not there. */
enum { FLOCK_CANNOT_RUN = 69 };

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

/* Why make could not do its work, by the supervisor's word, for the caller to free; NULL when it did what it could. */
static char *why_make_failed(const struct build *build)
{
	char *text = file_read(build->result), how[16] = "", *why = NULL;
	const char *root = build->loop->root;
	int detail = 0;

	if (!text || sscanf(text, "ended %15s %d", how, &detail) < 1)
		why = mem_format("the supervisor of make left no result; '%s/build/make.log' may tell why", root);
	else if (strcmp(how, "noexec") == 0)
		why = mem_format("cannot run flock: %s; install the package 'util-linux'", strerror(detail));
	else if (strcmp(how, "deadline") == 0)
		why = mem_format(
			"the compilers were still at work after %ld s, and were ended; is the machine so busy?",
			build->deadline_ms / 1000);
	else if (strcmp(how, "signal") == 0)
		why = mem_format("make was killed by signal %d (%s); '%s/build/make.log' may tell why", detail,
				 strsignal(detail), root);
	else if (strcmp(how, "exit") == 0 && detail == FLOCK_CANNOT_RUN)
		why = mem_copy("make does not start; install the package 'make'");
	/* Status 2: something was not made. More: it was flock that failed. */
	else if (strcmp(how, "exit") != 0 || detail > 2)
		why = mem_format("make ended with status %d; '%s/build/make.log' tells why", detail, root);
	free(text);
	return why;
}

/* Of a compiler that has come to its own limit and has said so; where the source has errors too, it is these that count. */
static bool has_no_memory(const char *log)
{
	static const char words[] = "LLVM ERROR: out of memory";
	char *text = file_read(log), *line = text ? resources_failed_compiler(text) : NULL;
	bool has_none = line && strncmp(line, words, strlen(words)) == 0;

	free(line);
	free(text);
	return has_none;
}

/* What is to be said of memory, for the caller to free; NULL: nothing. */
static char *words_of_memory(const struct build *build, enum control_group_victim victim, const char *log)
{
	if (victim == VICTIM_OF_MACHINE)
		return mem_copy("out of memory: this machine had no more for the compilers\n");
	if (victim == VICTIM_OF_LIMIT)
		return mem_format("out of memory: the compilers took more than the %d MiB that a sandbox gives\n",
				  SANDBOX_MEMORY_MIB);
	if (build->walled && has_no_memory(log))
		return mem_format("out of memory: a compiler took more than the %d MiB that a sandbox gives it\n",
				  SANDBOX_COMPILER_MIB);
	return NULL;
}

/*
 * A compiler that was killed for its memory says so in words of a crash, which are taken away; one that was refused more
 * says what could be the machine's fault. What was made is there; whether the other one had too much, or both together,
 * nobody knows.
 */
static void tell_of_memory(const struct build *build)
{
	enum control_group_victim victim = build->group ? control_group_victim(build->group) : VICTIM_NONE;

	for (size_t i = 0; build->targets[i]; i++) {
		char *made = mem_format("%s/%s", build->loop->root, build->targets[i]);
		char *log = mem_format("%s.log", made);
		char *words = access(made, F_OK) == 0 ? NULL : words_of_memory(build, victim, log);
		if (words && unlink(log) == 0) {
			int file = open(log, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
			dprintf(file, "%s", words);
			close(file);
		}
		free(words);
		free(log);
		free(made);
	}
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
		build->why = why_make_failed(build);
	if (build->why)
		build->how = END_NOT_STARTED;
	tell_of_memory(build);
	/* A process that outlives make may hold its output open: it has nothing to say. */
	drain(build);
	if (build->how == END_DONE && build->told == build->asked)
		unchanged_keep(&build->unchanged);
	uv_close((uv_handle_t *)&build->poll, on_closed);
}

/*
 * The launcher holds the same lock while it builds the harness. Under a supervisor, so that no compiler outlives a harness
 * that is killed; make is told first, and takes away what is half made.
 */
static char **command_of(const struct build *build, const struct build_request *request)
{
	struct command {
		char **words;
		size_t count;
	} all = {mem_zeroed(request->count + 32, sizeof(char *)), 0};
	/* In a sandbox nothing of the workbook is written: several may be at it. */
	const char *const head[] = {"flock",
				    request->sandbox ? "--shared" : "--exclusive",
				    "--no-fork",
				    "build/lock",
				    "make",
				    "-s",
				    "--no-print-directory",
				    "-k"};
	size_t variables = 0;

	all.words[all.count++] = mem_format("%s/build/supervisor", build->loop->root);
	all.words[all.count++] = mem_copy(build->result);
	all.words[all.count++] = mem_copy("--deadline");
	all.words[all.count++] = mem_format("%ld", build->deadline_ms);
	all.words[all.count++] = mem_copy("--grace");
	all.words[all.count++] = mem_format("%d", GRACE_MS);
	if (!request->sandbox) {
		all.words[all.count++] = mem_copy("--parent");
		all.words[all.count++] = mem_format("%ld", (long)getpid());
	}
	all.words[all.count++] = mem_copy("--");
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		all.words[all.count++] = mem_copy(head[i]);
	if (request->sandbox) {
		all.words[all.count++] = mem_copy("-o");
		all.words[all.count++] = mem_copy("build/toolchain");
		/* What it is linked with was made by the same tools, or would have been made anew. */
		all.words[all.count++] = mem_copy("ANEW=yes");
	}
	all.words[all.count++] = mem_format("-j%d", request->jobs);
	while (request->variables && request->variables[variables])
		variables++;
	all.words = mem_resize(all.words, all.count + variables + request->count + 1, sizeof *all.words);
	for (size_t i = 0; i < variables; i++)
		all.words[all.count++] = mem_copy(request->variables[i]);
	for (size_t i = 0; i < request->count; i++)
		all.words[all.count++] = mem_format("ready/%s", request->targets[i]);
	all.words[all.count] = NULL;
	return all.words;
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

/* What the reader has set for the compiler counts in there too. */
static char **words_of_environment(void)
{
	static const char *const names[] = {"CPPFLAGS", "CFLAGS", "LDFLAGS", "LDLIBS", "CI", "LANG", "LC_ALL"};
	char **all = mem_zeroed(sizeof names / sizeof *names + 1, sizeof *all);
	size_t count = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (getenv(names[i]))
			all[count++] = mem_format("%s=%s", names[i], getenv(names[i]));
	return all;
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
	char **environment = words_of_environment();

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
	char **words = command_of(build, request);
	struct child_options make = {.argv = words,
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
		files_free(words);
		return;
	}
	build->poll.data = build;
	uv_poll_start(&build->poll, UV_READABLE, on_output);
	build->walled = request->sandbox;
	if (request->sandbox)
		start_in_sandbox(build, request->sandbox, &make);
	else
		build->make = child_start(build->loop, &make);
	files_free(words);
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
