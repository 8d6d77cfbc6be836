/* Who listens to a judging on behalf of the reader at the terminal. */
#include <stdlib.h>

#include "base/mem.h"
#include "command.h"
#include "verdict/detector.h"

void watch_start(struct watch *watch, const struct tasks *tasks)
{
	watch->tasks = tasks;
	progress_start(&watch->progress, stderr, style_of(stderr), tasks->count);
}

void watch_end(struct watch *watch)
{
	progress_end(&watch->progress);
}

static void show(struct watch *watch, size_t index)
{
	const struct task *task = &watch->tasks->items[index];
	const char *pitfall = task->program->pitfall;
	char *doing =
		mem_format("%s%s%s under %s", pitfall, *pitfall ? " " : "", task->program->name, task->detector->name);

	progress_show(&watch->progress, doing);
	free(doing);
}

static void on_started(void *context, size_t index)
{
	show(context, index);
}

static void on_result(void *context, size_t index, const struct result *result)
{
	struct watch *watch = context;

	progress_note(&watch->progress, result);
	if (watch->verdicts && watch->progress.style.terminal)
		progress_verdict(&watch->progress, result);
	if (!result->cached)
		show(watch, index);
}

const struct judging_events watch_events = {.started = on_started, .result = on_result};
