/* The one line that says how far a long command is. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "verdict/detector.h"

enum {
	PAUSE_MS = 10000,
	/* What is left is told once there is something to tell it by. */
	KNOWN_MS = 5000,
	KNOWN_RUNS = 8,
	/* A build, a run of what computes, and one of what waits, in ms: means of the workbook's (Valgrind 3.19, two cores). */
	BUILD_MS = 150,
	HEAVY_MS = 700,
	LIGHT_MS = 80,
	BUILT_MS = 10,
};

void progress_start(struct progress *progress, FILE *out, struct style style, size_t all)
{
	/* The first line is due after a pause too: what is quick says nothing in a log. */
	long now = clock_now_ms();

	*progress = (struct progress){
		.out = out, .style = style, .all = all, .start_ms = now, .built_ms = now, .last_ms = now};
}

static long cost_of(const struct detector *detector)
{
	return detector->heavy ? HEAVY_MS : LIGHT_MS;
}

void progress_expect(struct progress *progress, const struct detector *detector, bool builds)
{
	progress->cost_left += (double)cost_of(detector) + (builds ? BUILD_MS : 0);
}

/* One after the other in no time come those that were there already: of them nothing can be learned. */
void progress_built(struct progress *progress)
{
	long now = clock_now_ms();

	progress->cost_left -= BUILD_MS;
	if (now - progress->built_ms >= BUILT_MS)
		progress->cost_done += BUILD_MS;
	progress->built_ms = now;
}

void progress_note(struct progress *progress, const struct result *result)
{
	bool run = !result->cached && !result->bad_input;

	progress->done++;
	progress->run += run;
	progress->differ += !result->verdict.agrees;
	if (progress->cost_left <= 0)
		return;
	progress->cost_left -= (double)cost_of(result->detector);
	progress->cost_done += run ? (double)cost_of(result->detector) : 0;
}

/* ", about 3 min left", for the caller to free. */
char *progress_left(size_t run, size_t left, long ms)
{
	if (ms < KNOWN_MS || run < KNOWN_RUNS || left == 0)
		return mem_copy("");
	long seconds = (long)((double)ms / (double)run * (double)left / 1000) + 1;
	if (seconds < 90)
		return mem_format(", about %ld s left", (seconds + 9) / 10 * 10);
	return mem_format(", about %ld min left", (seconds + 30) / 60);
}

/*
 * The same by what each costs, where that is known: the dear ones do not come evenly. The first minute is spent on builds, and on
 * tests that wait in vain, so by it alone a run of seven minutes would take a hundred: as much as a tenth of the whole is
 * taken as done already, in the time that two cores need for it.
 */
static char *time_left(const struct progress *progress, long now)
{
	if (progress->cost_done <= 0)
		return progress_left(progress->run, progress->all - progress->done, now - progress->first_ms);
	if (progress->run < KNOWN_RUNS || progress->cost_left < 1)
		return mem_copy("");
	double known = (progress->cost_done + progress->cost_left) / 10;
	return progress_left((size_t)(progress->cost_done + known), (size_t)progress->cost_left,
			     now - progress->start_ms + (long)(known / 2));
}

/* ", all as declared", for the caller to free. */
static char *verdicts_so_far(const struct progress *progress)
{
	if (!progress->declared || !progress->done)
		return mem_copy("");
	if (!progress->differ)
		return mem_copy(progress->done == 1 ? ", as declared" : ", all as declared");
	return mem_format(", %zu not as declared", progress->differ);
}

static void erase(const struct progress *progress)
{
	if (progress->style.terminal)
		fputs("\r\033[K", progress->out);
}

void progress_show(struct progress *progress, const char *doing)
{
	long now = clock_now_ms();

	if (!progress->first_ms)
		progress->first_ms = now;
	if (!progress->style.terminal && now - progress->last_ms < PAUSE_MS)
		return;
	progress->last_ms = now;
	char *left = time_left(progress, now), *verdicts = verdicts_so_far(progress);
	char *line = mem_format("judging %zu of %zu%s%s  %s", progress->done, progress->all, verdicts, left, doing);
	erase(progress);
	/* The last column stays free: a full line would scroll. */
	report_cut(progress->out, progress->style, line, progress->style.width - 1);
	if (!progress->style.terminal)
		putc('\n', progress->out);
	fflush(progress->out);
	free(line);
	free(verdicts);
	free(left);
}

void progress_verdict(struct progress *progress, const struct result *result)
{
	const struct findings *all = &result->seen.findings;
	enum observed observed = result->verdict.observed;
	bool error = observed == OBSERVED_ERROR;
	char *where = all->count && !error ? mem_format(", %s in %s", all->items[0].kind, all->items[0].function)
					   : mem_copy("");
	char *line = mem_format("%s: %s%s", result->detector->name,
				error ? "cannot be judged" : observed_name(observed), where);

	erase(progress);
	report_cut(progress->out, progress->style, line, progress->style.width - 1);
	putc('\n', progress->out);
	fflush(progress->out);
	free(line);
	free(where);
}

void progress_end(struct progress *progress)
{
	erase(progress);
	fflush(progress->out);
}
