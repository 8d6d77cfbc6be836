/* build/supervisor, started on small programs in a directory of the test's own, and what it says of them. */
#ifndef LOOSE_TESTS_SUPERVISED_H
#define LOOSE_TESTS_SUPERVISED_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000 };
#define ARGUMENTS(...) ((const char *[]){__VA_ARGS__, NULL})
#define SHELL(script) ARGUMENTS("--", "sh", "-c", script)

extern char **environ;

static char directory[] = "/tmp/test-supervisor.XXXXXX";

struct outcome {
	int status; /* of the supervisor */
	char text[256], how[64];
	long long cpu_us, wall_us, peak_kib;
	unsigned left, own_network, hung, asked;
};

static inline void enter_directory(void)
{
	cr_assert(mkdtemp(directory));
}

static inline void leave_directory(void)
{
	static const char *const names[] = {"result", "result.new", "log",   "pid",	 "out",
					    "err",    "stacks",	    "input", "elsewhere"};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
}

/* A path in the test's directory; good until the eighth call after this one. */
static inline const char *in_directory(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, PATH_MAX, "%s/%s", directory, name);
	return path;
}

static inline void read_text(const char *name, char *text, size_t size)
{
	FILE *file = fopen(in_directory(name), "r");
	size_t length = file ? fread(text, 1, size - 1, file) : 0;

	text[length] = '\0';
	if (file)
		fclose(file);
}

static inline long file_size(const char *name)
{
	struct stat file;

	return stat(in_directory(name), &file) == 0 ? (long)file.st_size : -1;
}

static inline void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* The number that a program wrote to `name`, a line each; waits until there are `count`, returns the last. */
static inline pid_t pid_in(const char *name, int count)
{
	char text[256];

	for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
		char *rest = NULL;
		int lines = 0;

		read_text(name, text, sizeof text);
		for (char *line = text; (line = strchr(line, '\n')); line++)
			lines++;
		if (lines == count) {
			char *last = NULL;
			for (char *one = strtok_r(text, "\n", &rest); one; one = strtok_r(NULL, "\n", &rest))
				last = one;
			return (pid_t)atol(last);
		}
		pause_ms(10);
	}
	cr_assert(false, "the program never wrote its number");
	return -1;
}

/* The dead whom nobody has reaped yet count as dead. */
static inline bool is_alive(pid_t pid)
{
	char path[64], state = 'X';

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	FILE *file = fopen(path, "r");
	if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	if (file)
		fclose(file);
	return state != 'X' && state != 'Z';
}

static inline bool dies_soon(pid_t pid)
{
	for (int waited = 0; waited < PATIENCE_MS && is_alive(pid); waited += 10)
		pause_ms(10);
	return !is_alive(pid);
}

static inline pid_t start_with_result(const char *result, const char **arguments)
{
	const char *argv[32] = {"build/supervisor", result};
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	for (size_t i = 0; arguments[i]; i++)
		argv[i + 2] = arguments[i];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, in_directory("log"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	int error = posix_spawn(&pid, argv[0], &actions, NULL, (char **)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	cr_assert_eq(error, 0, "cannot start build/supervisor: %s", strerror(error));
	return pid;
}

static inline pid_t start(const char **arguments)
{
	return start_with_result(in_directory("result"), arguments);
}

static inline struct outcome finish(pid_t supervisor)
{
	struct outcome outcome = {0};
	int status;

	cr_assert_eq(waitpid(supervisor, &status, 0), supervisor);
	cr_assert(WIFEXITED(status));
	outcome.status = WEXITSTATUS(status);
	read_text("result", outcome.text, sizeof outcome.text);
	if (outcome.status != 0)
		return outcome;
	char *numbers = strstr(outcome.text, " cpu_us ");
	cr_assert(numbers, "%s", outcome.text);
	cr_assert_eq(sscanf(numbers,
			    " cpu_us %lld wall_us %lld peak_kib %lld left %u own_network %u hung %u asked %u\n",
			    &outcome.cpu_us, &outcome.wall_us, &outcome.peak_kib, &outcome.left, &outcome.own_network,
			    &outcome.hung, &outcome.asked),
		     7, "%s", outcome.text);
	*numbers = '\0';
	cr_assert_eq(strncmp(outcome.text, "ended ", 6), 0);
	snprintf(outcome.how, sizeof outcome.how, "%.63s", outcome.text + 6);
	cr_assert_eq(file_size("result.new"), -1);
	return outcome;
}

static inline struct outcome run(const char **arguments)
{
	return finish(start(arguments));
}

#define EXPECT(outcome, expected) cr_assert_str_eq((outcome).how, (expected), "ended %s", (outcome).how)

#endif
