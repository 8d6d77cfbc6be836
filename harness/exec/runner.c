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
#include "leftovers.h"
#include "verdict/detector.h"

/* OVERDUE_MS: a supervisor takes up to half a minute to end what will not die. */
enum { OVERDUE_MS = 40000, OUTPUT_LIMIT = 1 << 20, OUTPUT_KEPT = 64 << 10 };

struct running {
	struct loop *loop;
	const struct run_request *request;
	struct run run;
	struct channel *channel;
	char *directory;
	struct child *supervisor; /* NULL once it has ended, or when it was not started */
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
	DIR *directory = opendir(path);

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

/* The last line of the program's output, without its newline; NULL when there is none. */
static char *last_line(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	while (length && text[length - 1] == '\n')
		length--;
	size_t start = length;
	while (start && text[start - 1] != '\n')
		start--;
	return length ? mem_copy_n(text + start, length - start) : NULL;
}

/* The end is told when nothing of the run is left. */
static void finish(struct running *running, struct observation *seen)
{
	channel_free(running->channel);
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

/* How the program ended, by the supervisor's word. */
static void read_end(struct observation *seen, const struct run_request *request, const char *ended, long detail)
{
	if (strcmp(ended, "exit") == 0)
		seen->status = (int)detail;
	else if (strcmp(ended, "signal") == 0)
		observation_fail(seen, FAULT_PROGRAM, "it was killed by signal %ld (%s)", detail,
				 strsignal((int)detail));
	else if (strcmp(ended, "deadline") == 0)
		observation_fail(seen, FAULT_PROGRAM, "it was still running after %ld s", request->deadline_ms / 1000);
	else if (strcmp(ended, "flood") == 0)
		observation_fail(seen, FAULT_PROGRAM, "it printed more than %d KiB", OUTPUT_LIMIT / 1024);
	else if (strcmp(ended, "noexec") == 0)
		observation_fail(seen, FAULT_DETECTOR, "'%s' did not start: %s", request->detector->name,
				 strerror((int)detail));
	else
		observation_fail(seen, FAULT_DETECTOR, "the supervisor was stopped");
}

static long number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtol(at + strlen(key), NULL, 10) : 0;
}

static void read_result(struct running *running, struct observation *seen)
{
	char *path = file_in(running, "result"), *text = file_read(path), word[32] = "";
	long detail = 0;

	free(path);
	if (!text || sscanf(text, "ended %31s %ld", word, &detail) < 1) {
		observation_fail(seen, FAULT_DETECTOR, "the supervisor left no result");
		free(text);
		return;
	}
	read_end(seen, running->request, word, detail);
	seen->cpu_ms = number_after(text, "cpu_us ") / 1000;
	seen->wall_ms = number_after(text, "wall_us ") / 1000;
	seen->peak_kib = number_after(text, "peak_kib ");
	free(text);
}

/* Nothing comes any more: no process of the run is left. */
static void read_reports(struct running *running, struct observation *seen)
{
	struct run *run = &running->run;

	channel_receive(running->channel);
	run->reports = channel_reports(running->channel, running->request->detector->channel, &run->report_count);
	if (channel_fault(running->channel))
		observation_fail(seen, FAULT_PROGRAM, "%s", channel_fault(running->channel));
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
	read_result(running, &seen);
	char *path = file_in(running, "stdout"), *output = file_read(path);
	seen.last_line = last_line(output);
	if (running->request->keep_output && output)
		seen.output = mem_copy_n(output, OUTPUT_KEPT);
	free(output);
	free(path);
	read_reports(running, &seen);
	running->request->detector->collect(&running->run, &seen);
	finish(running, &seen);
}

/* The supervisor's arguments, then the detector's, the program, and the program's own. */
static void build_command(struct running *running, struct command *command)
{
	const struct run_request *request = running->request;

	command_argument(command, "%s/build/supervisor", running->loop->root);
	command_argument(command, "%s/result", running->directory);
	command_argument(command, "--parent");
	command_argument(command, "%ld", (long)getpid());
	command_argument(command, "--deadline");
	command_argument(command, "%ld", request->deadline_ms);
	command_argument(command, "--output-limit");
	command_argument(command, "%d", OUTPUT_LIMIT);
	command_argument(command, "--stdout");
	command_argument(command, "%s/stdout", running->directory);
	command_argument(command, "--stderr");
	command_argument(command, "%s/stderr", running->directory);
	command_argument(command, "--");
	command_environment(command, CHANNEL_VARIABLE "=%0*d", CHANNEL_DIGITS, CHANNEL_DESCRIPTOR);
	request->detector->prepare(&running->run, command);
	command_argument(command, "%s", request->executable);
	for (char *const *argument = request->arguments; argument && *argument; argument++)
		command_argument(command, "%s", *argument);
	if (request->tests)
		command_test_arguments(&running->run, command);
}

/* The loop tells it: a start never ends what it starts. */
static void fail(struct running *running, char *why)
{
	running->how = END_NOT_STARTED;
	running->why = why;
	running->end = (struct deferred){.call = finish_without, .context = running};
	loop_defer(running->loop, &running->end);
}

static void start_supervisor(struct running *running)
{
	struct command command = {0};
	char *path = file_in(running, "supervisor.log");
	int log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), program_end;

	if (log < 0) {
		fail(running, mem_format("cannot write '%s': %s", path, strerror(errno)));
	} else if (!(running->channel = channel_new(&program_end))) {
		fail(running, mem_format("cannot make a socket: %s", strerror(errno)));
	} else {
		if (running->request->detector->channel == CHANNEL_VALGRIND)
			channel_take_bytes(running->channel, CHANNEL_VALGRIND);
		channel_watch(running->channel, &running->loop->uv);
		build_command(running, &command);
		running->supervisor =
			child_start(running->loop,
				    &(struct child_options){.argv = command.argv,
							    .environment = command.environment,
							    .output = log,
							    .errors = log,
							    .third = program_end,
							    .deadline_ms = running->request->deadline_ms + OVERDUE_MS,
							    .ended = on_supervisor_ended,
							    .context = running});
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
				    .bounds = request->bounds};
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

void run_join(struct running *running)
{
	struct loop *loop = running->loop;
	bool over = false;

	running->over = &over;
	loop_until(loop, &over);
}
