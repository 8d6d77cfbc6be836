#include "tool.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/wait.h>

int tool_last_line(const char *command, char line[TOOL_LINE])
{
	FILE *from = popen(command, "r");

	cr_assert(from);
	*line = '\0';
	while (fgets(line, TOOL_LINE, from))
		;
	int status = pclose(from);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
