/* Who listens to a judging on behalf of the reader at the terminal. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command.h"
#include "verdict/detector.h"

/* Detectors of one flavour share a build; the tasks of a program stand side by side. */
static bool is_first_of_build(const struct tasks *tasks, size_t index)
{
	const struct task *task = &tasks->items[index];

	while (index-- && tasks->items[index].program == task->program)
		if (strcmp(tasks->items[index].detector->flavour, task->detector->flavour) == 0)
			return false;
	return true;
}

void follow_start(struct follow *follow, const struct tasks *tasks)
{
	follow->tasks = tasks;
	progress_start(&follow->progress, stderr, style_of(stderr), tasks->count);
	follow->progress.declared = follow->declared;
	for (size_t i = 0; i < tasks->count; i++)
		progress_expect(&follow->progress, tasks->items[i].detector, is_first_of_build(tasks, i));
}

void follow_end(struct follow *follow)
{
	progress_end(&follow->progress);
}

static void show(struct follow *follow, size_t index)
{
	const struct task *task = &follow->tasks->items[index];
	const char *pitfall = task->program->pitfall;
	char *doing =
		mem_format("%s%s%s under %s", pitfall, *pitfall ? " " : "", task->program->name, task->detector->name);

	progress_show(&follow->progress, doing);
	free(doing);
}

static void on_built(void *context, size_t index)
{
	struct follow *follow = context;

	if (is_first_of_build(follow->tasks, index))
		progress_built(&follow->progress);
}

static void on_started(void *context, size_t index)
{
	show(context, index);
}

static void on_result(void *context, size_t index, const struct result *result)
{
	struct follow *follow = context;

	if (!follow->late)
		progress_note(&follow->progress, result);
	if (follow->verdicts && follow->progress.style.terminal)
		progress_verdict(&follow->progress, result);
	if (!result->cached && !follow->late)
		show(follow, index);
}

static void on_late(void *context)
{
	struct follow *follow = context;

	follow->late = true;
	progress_show(&follow->progress, "all agree; once more, with threads that are late");
}

const struct judging_events follow_events = {
	.built = on_built, .started = on_started, .result = on_result, .late = on_late};
