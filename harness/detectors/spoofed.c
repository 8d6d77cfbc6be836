#include "spoofed.h"

#include <stdlib.h>
#include <string.h>

#include "report_files.h"

/* What the detectors' reports begin with, after Valgrind's "==123== ". Valgrind prints other lines there too. */
static const char *const headlines[] = {"Possible data race", "Conflicting load", "Conflicting store", "Invalid read",
					"Invalid write",      "definitely lost",  "lock order \""};

static bool like_valgrind(const char *line, size_t length)
{
	for (size_t i = 0; i < sizeof headlines / sizeof *headlines && strncmp(line, "==", 2) == 0; i++) {
		const char *at = strstr(line, headlines[i]);
		if (at && at < line + length)
			return true;
	}
	return false;
}

static bool like_a_report(const char *line, size_t length)
{
	return strncmp(line, "WARNING: ThreadSanitizer: ", 26) == 0 || like_valgrind(line, length);
}

void spoofed_check(const struct run *run, size_t reports, struct observation *seen)
{
	size_t length, found = 0;
	/* Reports come by a way of their own. A program of a reader's may print what it likes. */
	char *text = run_is_of_workbook(run) ? report_read(run, "stderr", &length) : NULL;

	for (const char *line = text; line && *line; line += strspn(line, "\n")) {
		size_t width = strcspn(line, "\n");
		found += like_a_report(line, width);
		line += width;
	}
	free(text);
	if (found > reports)
		observation_fail(seen, FAULT_PROGRAM, "its standard error holds a report that no detector wrote");
}
