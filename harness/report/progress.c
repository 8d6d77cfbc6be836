/* The one line that says how far a long command is. */
#include "parts.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

enum { PAUSE_S = 10 };

/* When a stream that is no terminal got its last line; 0: none yet. */
static time_t last_line;

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + 1; /* never 0 */
}

void report_progress(FILE *out, struct style style, size_t done, size_t all, const char *doing)
{
	time_t moment = now();

	/* The first line is due after a pause too: what is quick says nothing in a log. */
	if (!style.terminal && last_line == 0)
		last_line = moment;
	if (!style.terminal && moment - last_line < PAUSE_S)
		return;
	last_line = moment;
	char *line = mem_format("judging %zu of %zu  %s", done, all, doing);
	if (style.terminal)
		fputs("\r\033[K", out);
	/* The last column stays free: a full line would scroll. */
	print_cut(out, style, line, style.width - 1);
	if (!style.terminal)
		putc('\n', out);
	fflush(out);
	free(line);
}

void report_progress_end(FILE *out, struct style style)
{
	last_line = 0;
	if (!style.terminal)
		return;
	fputs("\r\033[K", out);
	fflush(out);
}
