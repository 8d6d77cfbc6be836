#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "channel.h"
#include "control_group.h"
#include "leftovers.h"
#include "run_left.h"
#include "verdict/detector.h"

/* OVERDUE_MS: a supervisor takes up to half a minute to end what will not die. */
enum { OVERDUE_MS = 40000 };

/* A deadlock is certain when it is first seen; looked at for a while, it is so beyond doubt. */
enum { DEADLOCK_MS = 1000, LAST_WORDS_MS = 3000, LINGER_MS = 10000 };

struct running {
	struct loop *loop;
	const struct run_request *request;
	struct run run;
	struct channel *channel;
	char *directory;
	struct control_group *group; /* NULL: none */
	struct child *supervisor;    /* NULL once it has ended, or when it was not started */
	enum end how;
	char *why; /* it did not start */
	run_ended ended;
	void *context;
	bool *over; /* run_join() waits for it; else NULL */
	struct deferred end;
};

static char *file_in(const struct running *running, const char *name)
{
	return mem_format("%s/%s", running->directory, name);
}

void run_remove(const char *path)
{
	struct stat there;
	/* A link to a directory is not one: what it leads to stays. */
	bool is_directory = lstat(path, &there) == 0 && S_ISDIR(there.st_mode);

	/* The program that made it may have closed it to us. */
	if (is_directory && (there.st_mode & 0700) != 0700)
		chmod(path, 0700);
	DIR *directory = is_directory ? opendir(path) : NULL;

	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(directory), entry->d_name, 0) == 0)
			continue;
		char *below = mem_format("%s/%s", path, entry->d_name);
		run_remove(below);
		free(below);
	}
	if (directory)
		closedir(directory);
	if (rmdir(path) != 0)
		unlink(path);
}

/* The end is told when nothing of the run is left. */
static void finish(struct running *running, struct observation *seen)
{
	channel_free(running->channel);
	/* One that will not go is swept when we are gone. */
	if (running->group)
		control_group_remove(running->group);
	run_remove(running->directory);
	running->ended(running->context, &(struct run_end){running->how, seen, running->why});
	if (running->over)
		*running->over = true;
	free(running->directory);
	free(running->why);
	free(running);
}

static void finish_without(void *context)
{
	finish(context, NULL);
}

/* Nothing comes any more: no process of the run is left. */
static void read_reports(struct running *running, struct observation *seen)
{
	struct run *run = &running->run;

	channel_receive(running->channel);
	run->results = channel_results(running->channel);
	run->reports = channel_reports(running->channel, running->request->detector->channel, &run->report_count);
	if (channel_fault(running->channel))
		observation_fail(seen, FAULT_PROGRAM, "%s", channel_fault(running->channel));
}

/*
 * What the kernel or exec/inside has killed for its memory ends in many ways, and another reason may have been found: a
 * detector that did not close, a test that was killed.
 */
static void read_memory(const struct running *running, struct observation *seen)
{
	enum control_group_victim victim = running->group ? control_group_victim(running->group) : VICTIM_NONE;
	char *full = file_in(running, "full");

	if (victim == VICTIM_OF_MACHINE) {
		observation_blame(seen, FAULT_DETECTOR, "it was killed, for this machine had no more memory");
	} else if (victim == VICTIM_OF_LIMIT || access(full, F_OK) == 0) {
		seen->ending = ENDED_OUT_OF_MEMORY;
		observation_blame(seen, FAULT_PROGRAM, "it took more than the %d MiB of memory that a sandbox gives it",
				  SANDBOX_MEMORY_MIB);
	}
	free(full);
}

/* What a program of the reader's leaves running may be all that it is about. */
static long linger_ms(const struct running *running)
{
	return run_is_of_workbook(&running->run) ? 0 : LINGER_MS;
}

static void on_supervisor_ended(void *context, const struct child_end *end)
{
	struct running *running = context;
	struct observation seen = {0};

	running->supervisor = NULL;
	running->how = end->how;
	if (end->how == END_NOT_STARTED)
		running->why =
			mem_format("cannot start '%s/build/supervisor': %s", running->loop->root, strerror(end->error));
	if (end->how != END_DONE) {
		finish(running, NULL);
		return;
	}
	if (end->signal || end->status)
		observation_fail(&seen, FAULT_DETECTOR, "the supervisor ended with status %d, signal %d", end->status,
				 end->signal);
	run_left_read(running->directory, running->request, linger_ms(running), &seen);
	/* A sandbox has one, in which there is no other run. */
	seen.own_network = seen.own_network || running->request->sandbox;
	read_reports(running, &seen);
	running->request->detector->collect(&running->run, &seen);
	if (running->request->sandbox)
		read_memory(running, &seen);
	finish(running, &seen);
}

/* When, besides its deadline, the program is ended, and what is written down then. */
static void build_ends(struct running *running, struct command *command)
{
	const struct run_request *request = running->request;

	command_argument(command, "--deadlock");
	command_argument(command, "%d", DEADLOCK_MS);
	/* A runner of tests goes on after a test that hangs, unless the first failure is all that is asked for. */
	if (request->tests && !request->detector->tests && request->first_failure) {
		command_argument(command, "--runner");
		command_argument(command, "1");
	} else if (request->tests) {
		command_argument(command, "--tests");
		command_argument(command, "1");
	}
	if (request->hurry) {
		command_argument(command, "--hurry");
		command_argument(command, "1");
	}
	if (request->idle_ms) {
		command_argument(command, "--idle");
		command_argument(command, "%ld", request->idle_ms);
	}
	if (request->detector->simulates) {
		command_argument(command, "--last-words");
		command_argument(command, "%d", LAST_WORDS_MS);
	} else {
		command_argument(command, "--stacks");
		command_argument(command, "%s/stacks", running->directory);
	}
	if (linger_ms(running)) {
		command_argument(command, "--linger");
		command_argument(command, "%ld", linger_ms(running));
	}
	if (request->input) {
		command_argument(command, "--stdin");
		command_argument(command, "%s", request->input);
	}
	if (request->stop_signal) {
		command_argument(command, "--stop-signal");
		command_argument(command, "%d", request->stop_signal);
		command_argument(command, "--stop-after");
		command_argument(command, "%ld", request->stop_ms);
	}
	if (request->own_network && !request->sandbox) {
		command_argument(command, "--own-network");
		command_argument(command, "1");
	}
}

/* The supervisor's arguments, then the detector's, the program, and the program's own. */
static void build_command(struct running *running, struct command *command)
{
	const struct run_request *request = running->request;

	command_argument(command, "%s/build/supervisor", running->loop->root);
	command_argument(command, "%s/result", running->directory);
	/* In a sandbox nobody has our number, and it ends with us. */
	if (!request->sandbox) {
		command_argument(command, "--parent");
		command_argument(command, "%ld", (long)getpid());
	}
	command_argument(command, "--deadline");
	command_argument(command, "%ld", request->deadline_ms);
	command_argument(command, "--output-limit");
	command_argument(command, "%d", OUTPUT_LIMIT);
	command_argument(command, "--output-kept");
	command_argument(command, "%d", OUTPUT_KEPT);
	build_ends(running, command);
	command_argument(command, "--stdout");
	command_argument(command, "%s/stdout", running->directory);
	command_argument(command, "--stderr");
	command_argument(command, "%s/stderr", running->directory);
	command_argument(command, "--");
	command_environment(command, CHANNEL_VARIABLE "=%0*d", CHANNEL_DIGITS, CHANNEL_DESCRIPTOR);
	if (request->delays)
		command_environment(command, "LOOSE_DELAYS=%llu", (unsigned long long)request->delays);
	request->detector->prepare(&running->run, command);
	command_argument(command, "%s", request->executable);
	for (char *const *argument = request->arguments; argument && *argument; argument++)
		command_argument(command, "%s", *argument);
	if (request->tests)
		command_test_arguments(command);
	if (request->first_failure)
		command_argument(command, "--fail-fast");
}

/* The loop tells it: a start never ends what it starts. */
static void fail(struct running *running, char *why)
{
	running->how = END_NOT_STARTED;
	running->why = why;
	running->end = (struct deferred){.call = finish_without, .context = running};
	loop_defer(running->loop, &running->end);
}

static void start_in_sandbox(struct running *running, const struct child_options *outside)
{
	struct child_options options = *outside;
	struct sandboxed wrapped;

	sandbox_wrap(running->request->sandbox, SANDBOX_RUNS, running->directory, outside->argv, outside->environment,
		     &wrapped);
	channel_take_relayed(running->channel);
	options.argv = wrapped.command.argv;
	options.environment = wrapped.command.environment;
	options.more = wrapped.descriptors;
	options.more_count = wrapped.descriptor_count;
	options.bare = true;
	running->group = wrapped.group;
	wrapped.group = NULL;
	if (wrapped.why)
		fail(running, mem_copy(wrapped.why));
	else
		running->supervisor = child_start(running->loop, &options);
	sandboxed_release(&wrapped);
}

static void start_supervisor(struct running *running)
{
	struct command command = {0};
	char *path = file_in(running, "supervisor.log");
	int log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), program_end, error;

	if (log < 0) {
		fail(running, mem_format("cannot write '%s': %s", path, strerror(errno)));
	} else if (!(running->channel = channel_new(&program_end))) {
		fail(running, mem_format("cannot make a socket: %s", strerror(errno)));
	} else if ((error = channel_watch(running->channel, &running->loop->uv)) != 0) {
		fail(running, mem_format("cannot watch a socket: %s", strerror(error)));
		close(program_end);
	} else {
		if (running->request->detector->channel == CHANNEL_VALGRIND)
			channel_take_bytes(running->channel, CHANNEL_VALGRIND,
					   running->request->tests || !run_is_of_workbook(&running->run));
		build_command(running, &command);
		struct child_options options = {.argv = command.argv,
						.environment = command.environment,
						.output = log,
						.errors = log,
						.third = program_end,
						.deadline_ms = running->request->deadline_ms + OVERDUE_MS,
						.ended = on_supervisor_ended,
						.context = running};
		if (running->request->sandbox)
			start_in_sandbox(running, &options);
		else
			running->supervisor = child_start(running->loop, &options);
		command_release(&command);
		close(program_end);
	}
	if (log >= 0)
		close(log);
	free(path);
}

struct running *run_start(struct loop *loop, const struct run_request *request, run_ended ended, void *context)
{
	static unsigned long serial;
	struct running *running = mem_zeroed(1, sizeof *running);
	char *parent = mem_format("%s/build/run", loop->root), number[24];

	*running = (struct running){.loop = loop, .request = request, .ended = ended, .context = context};
	mkdir(parent, 0777);
	snprintf(number, sizeof number, "%lu", serial++);
	char *name = leftovers_name(number);
	running->directory = mem_format("%s/%s", loop->root, name);
	free(name);
	free(parent);
	running->run = (struct run){.program = request->executable,
				    .root = loop->root,
				    .directory = running->directory,
				    .tests = request->tests,
				    .own = request->own,
				    .bounds = request->bounds,
				    .sightings = request->sightings,
				    .sighting_count = request->sighting_count};
	if (mkdir(running->directory, 0777) == 0)
		start_supervisor(running);
	else
		fail(running, mem_format("cannot make '%s': %s", running->directory, strerror(errno)));
	return running;
}

void run_stop(struct running *running)
{
	if (running->supervisor)
		child_stop(running->supervisor);
}

void run_hurry(struct running *running)
{
	if (running->supervisor && running->request->sandbox)
		child_signal_group(running->supervisor, SIGURG);
	else if (running->supervisor)
		child_signal(running->supervisor, SIGURG); /* one that the supervisor survives while it starts */
}

void run_join(struct running *running)
{
	struct loop *loop = running->loop;
	bool over = false;

	running->over = &over;
	loop_until(loop, &over);
}
