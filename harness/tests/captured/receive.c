/*
 * receive FILE COMMAND...: runs the command as the harness would, with a
 * channel, and keeps in FILE what its first process says. For the script beside
 * this file, which makes the captured reports.
 */
#define _GNU_SOURCE /* syscall() */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/channel_wait.h"

static void become(int end, char **command)
{
	char variable[CHANNEL_DIGITS + 1];

	snprintf(variable, sizeof variable, "%0*d", CHANNEL_DIGITS, CHANNEL_DESCRIPTOR);
	/* The harness's end has that number, as a rule. */
	if (setenv(CHANNEL_VARIABLE, variable, 1) == 0 && dup2(end, CHANNEL_DESCRIPTOR) == CHANNEL_DESCRIPTOR)
		execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	size_t count = 0;
	int end;

	if (argc < 3)
		return 2;
	struct channel *channel = channel_new(&end);
	pid_t pid = channel ? fork() : -1;
	if (pid == 0)
		become(end, argv + 2);
	close(end);
	if (pid < 0 || channel_wait(channel, pid) < 0)
		return 3;
	for (enum channel_kind kind = CHANNEL_NONE + 1; kind < CHANNEL_KINDS && count == 0; kind++) {
		const struct process_report *reports = channel_reports(channel, kind, &count);
		FILE *file = count ? fopen(argv[1], "w") : NULL;
		if (file && fwrite(reports[0].bytes, 1, reports[0].length, file) != reports[0].length)
			count = 0;
		if (file && fclose(file) != 0)
			count = 0;
	}
	if (!count || channel_fault(channel))
		fprintf(stderr, "receive: %s\n", channel_fault(channel) ? channel_fault(channel) : "no report");
	channel_free(channel);
	return count ? 0 : 1;
}
