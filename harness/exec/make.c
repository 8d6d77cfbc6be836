/* See make.h. */
#include "make.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "resources.h"
#include "sandbox.h"

enum { GRACE_MS = 5000 };

/* flock's exit status when the command is not there. */
enum { FLOCK_CANNOT_RUN = 69 };

/* --- its command --- */

static void add_make(struct command *command, const struct build_request *request)
{
	command_argument(command, "make");
	command_argument(command, "-s");
	command_argument(command, "--no-print-directory");
	command_argument(command, "-k");
	if (request->sandbox) {
		command_argument(command, "-o");
		command_argument(command, "build/toolchain");
		/* What it is linked with was made by the same tools, or would have been made anew. */
		command_argument(command, "ANEW=yes");
	}
	command_argument(command, "-j%d", request->jobs);
	for (char *const *variable = request->variables; variable && *variable; variable++)
		command_argument(command, "%s", *variable);
	for (size_t i = 0; i < request->count; i++)
		command_argument(command, "ready/%s", request->targets[i]);
}

/*
 * The launcher holds the same lock while it builds the harness. Under a supervisor, so that no compiler outlives a harness
 * that is killed; make is told first, and takes away what is half made.
 */
void make_command(struct command *command, const char *root, const char *result, long deadline_ms,
		  const struct build_request *request)
{
	command_argument(command, "%s/build/supervisor", root);
	command_argument(command, "%s", result);
	command_argument(command, "--deadline");
	command_argument(command, "%ld", deadline_ms);
	command_argument(command, "--grace");
	command_argument(command, "%d", GRACE_MS);
	if (!request->sandbox) {
		command_argument(command, "--parent");
		command_argument(command, "%ld", (long)getpid());
	}
	command_argument(command, "--");
	command_argument(command, "flock");
	/* In a sandbox nothing of the workbook is written: several may be at it. */
	command_argument(command, request->sandbox ? "--shared" : "--exclusive");
	command_argument(command, "--no-fork");
	command_argument(command, "build/lock");
	add_make(command, request);
}

char **make_environment(void)
{
	static const char *const names[] = {"CPPFLAGS", "CFLAGS", "LDFLAGS", "LDLIBS", "CI", "LANG", "LC_ALL"};
	char **all = mem_zeroed(sizeof names / sizeof *names + 1, sizeof *all);
	size_t count = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (getenv(names[i]))
			all[count++] = mem_format("%s=%s", names[i], getenv(names[i]));
	return all;
}

/* --- its end --- */

char *make_failure(const char *root, const char *result, long deadline_ms)
{
	char *text = file_read(result), how[16] = "", *why = NULL;
	int detail = 0;

	if (!text || sscanf(text, "ended %15s %d", how, &detail) < 1)
		why = mem_format("the supervisor of make left no result; '%s/build/make.log' may tell why", root);
	else if (strcmp(how, "noexec") == 0)
		why = mem_format("cannot run flock: %s; install the package 'util-linux'", strerror(detail));
	else if (strcmp(how, "deadline") == 0)
		why = mem_format(
			"the compilers were still at work after %ld s, and were ended; is the machine so busy?",
			deadline_ms / 1000);
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
static char *words_of_memory(enum control_group_victim victim, bool walled, const char *log)
{
	if (victim == VICTIM_OF_MACHINE)
		return mem_copy("out of memory: this machine had no more for the compilers\n");
	if (victim == VICTIM_OF_LIMIT)
		return mem_format("out of memory: the compilers took more than the %d MiB that a sandbox gives\n",
				  SANDBOX_MEMORY_MIB);
	if (walled && has_no_memory(log))
		return mem_format("out of memory: a compiler took more than the %d MiB that a sandbox gives it\n",
				  SANDBOX_COMPILER_MIB);
	return NULL;
}

/*
 * A compiler that was killed for its memory says so in words of a crash, which are taken away; one that was refused more
 * says what could be the machine's fault. What was made is there; whether the other one had too much, or both together,
 * nobody knows.
 */
void make_tell_of_memory(const char *root, char *const *targets, enum control_group_victim victim, bool walled)
{
	for (size_t i = 0; targets[i]; i++) {
		char *made = mem_format("%s/%s", root, targets[i]);
		char *log = mem_format("%s.log", made);
		char *words = access(made, F_OK) == 0 ? NULL : words_of_memory(victim, walled, log);
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
