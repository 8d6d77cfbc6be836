#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "text.h"

extern char **environ;

/* 0, or an error number. */
static int start(char *const *argv, int output, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	int error = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* Until the command has closed its output. False when that takes too long. */
static bool read_output(int input, FILE *out, long end_ms)
{
	for (;;) {
		struct pollfd ready = {.fd = input, .events = POLLIN};
		long left = end_ms - clock_now_ms();
		char bytes[512];

		if (left <= 0)
			return false;
		if (poll(&ready, 1, (int)left) <= 0)
			continue;
		ssize_t got = read(input, bytes, sizeof bytes);
		if (got == 0)
			return true;
		if (got > 0)
			fwrite(bytes, 1, (size_t)got, out);
	}
}

char *command_output(char *const *argv, int deadline_ms)
{
	struct text text;
	int ends[2], status = 0;
	pid_t pid;

	if (pipe(ends) != 0)
		return NULL;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	int error = start(argv, ends[1], &pid);
	close(ends[1]);
	text_open(&text);
	bool good = !error && read_output(ends[0], text.out, clock_now_ms() + deadline_ms);
	close(ends[0]);
	if (!error && !good)
		kill(-pid, SIGKILL);
	while (!error && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	char *said = text_close(&text);
	if (good && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return said;
	free(said);
	return NULL;
}
