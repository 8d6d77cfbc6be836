#include "parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "reader/copy.h"

enum {
	/* So long the quick detectors have the processors for themselves: by then they have ended, or wait. */
	HEAD_START_MS = 400,
};

static const struct judging_options judging_options = {.repeat = 1,
						       .fresh = true,
						       .keep_output = true,
						       .in_order = true,
						       .anew = true,
						       .late_runs = LATE_RUNS,
						       .head_start_ms = HEAD_START_MS};

/* --- judging --- */

/* What went wrong with the reader's memory is told, and stops nothing. */
static void tell_complaint(struct watching *watching)
{
	char *complaint = reader_complaint(watching->reader);

	if (complaint)
		watching_note(watching, complaint);
}

static void begin(struct watching *watching);
static void open_exercise(struct watching *watching, const char *pitfall);

/* What the results come to. */
static enum stage stage_of(const struct results *results)
{
	bool refused = false, unjudged = false;

	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->bad_input)
			return STAGE_UNCOMPILED;
		bool tools = result->seen.fault == FAULT_DETECTOR || result->seen.fault == FAULT_UNFIT;
		refused = refused || (!result->verdict.agrees && !tools);
		unjudged = unjudged || (!result->verdict.agrees && tools);
	}
	return refused ? STAGE_REFUSED : unjudged ? STAGE_UNJUDGED : STAGE_PASSED;
}

static void forget_results(struct watching *watching)
{
	struct view *view = &watching->view;

	memset(view->results, 0, sizeof view->results);
	memset(view->started, 0, sizeof view->started);
	view->compiled = view->late = false;
	view->error = NULL;
	free(watching->error);
	watching->error = NULL;
	results_release(&watching->kept);
}

/* Where the task stands in the view. */
static size_t place_of(const struct watching *watching, size_t task)
{
	const struct detector *detector = watching->submission.tasks.items[task].detector;
	size_t place = 0;

	while (place + 1 < watching->view.count && watching->view.detectors[place] != detector)
		place++;
	return place;
}

static void on_built(void *context, size_t task)
{
	struct watching *watching = context;

	(void)task;
	if (watching->again || watching->view.compiled)
		return;
	watching->view.compiled = true;
	watching_say_page(watching, page_compiler_line);
	watching_show(watching);
}

static void on_started(void *context, size_t task)
{
	struct watching *watching = context;

	if (watching->again)
		return;
	watching->view.started[place_of(watching, task)] = true;
	watching->view.began[place_of(watching, task)] = uv_now(&watching->workbook->loop.uv);
	watching_show(watching);
}

static void say_verdict(struct watching *watching, size_t place)
{
	struct text text;

	if (!watching->terminal.plain)
		return;
	page_verdict_line(text_open(&text), &watching->view, place);
	char *line = text_close(&text);
	watching_say(watching, line);
	free(line);
}

static void on_result(void *context, size_t task, const struct result *result)
{
	struct watching *watching = context;

	if (watching->again)
		return;
	watching->view.results[place_of(watching, task)] = result;
	if (!result->bad_input)
		say_verdict(watching, place_of(watching, task));
	watching_show(watching);
}

static void on_late(void *context)
{
	struct watching *watching = context;

	if (watching->again)
		return;
	watching->view.late = true;
	watching_say_page(watching, page_summary);
	watching_show(watching);
}

static void tell_end(struct watching *watching)
{
	enum stage stage = watching->view.stage;

	if (stage == STAGE_UNCOMPILED)
		watching_say_page(watching, page_compiler_line);
	watching_say_page(watching, page_summary);
	watching_say_page(watching, stage == STAGE_PASSED ? page_next : page_findings);
	watching_show(watching);
}

/* All verdicts are there. */
static void conclude(struct watching *watching, struct results *results)
{
	struct view *view = &watching->view;

	watching->kept = *results;
	/* They lie where they lay; but that is for the judging to say. */
	for (size_t i = 0; i < results->count && i < view->count; i++)
		view->results[place_of(watching, i)] = &watching->kept.items[i];
	view->stage = stage_of(results);
	if (view->stage == STAGE_PASSED || view->stage == STAGE_REFUSED)
		reader_note_attempt(watching->reader, view->pitfall, view->stage == STAGE_PASSED);
	tell_complaint(watching);
	tell_end(watching);
}

/* What was put off while something was under way. */
static void go_on(struct watching *watching)
{
	if (watching->leaving) {
		watching->over = true;
	} else if (watching->next) {
		const char *next = watching->next;
		watching->next = NULL;
		open_exercise(watching, next);
	} else if (watching->again) {
		begin(watching);
	}
}

static void on_finished(void *context, struct judging_end *end)
{
	struct watching *watching = context;
	bool dropped = watching->again || watching->next || watching->leaving;

	watching->judging = NULL;
	if (end->how == END_DONE && !dropped) {
		conclude(watching, &end->results);
	} else {
		memset(watching->view.results, 0, sizeof watching->view.results);
		results_release(&end->results);
	}
	if (end->error && !dropped) {
		watching->error = mem_copy(end->error);
		watching->view.error = watching->error;
		watching->view.stage = STAGE_UNJUDGED;
		tell_end(watching);
	}
	go_on(watching);
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}

static void begin(struct watching *watching)
{
	static const struct judging_events events = {on_built, on_started, on_result, on_late, on_finished};
	const char *content = saves_content(watching->saves, 0);

	watching->again = false;
	watching->top = 0;
	forget_results(watching);
	if (!content || is_blank(content)) {
		watching->view.stage = content ? STAGE_EMPTY : STAGE_GONE;
		watching_say_page(watching, page_summary);
		watching_show(watching);
		return;
	}
	watching->view.stage = STAGE_JUDGING;
	char *line = mem_format("\nJudging %s", watching->file);
	watching_say(watching, line);
	free(line);
	watching->judging =
		judging_start(watching->workbook, &watching->submission.tasks, &judging_options, &events, watching);
	watching_show(watching);
}

void watching_judge(struct watching *watching)
{
	if (!watching->judging) {
		begin(watching);
		return;
	}
	watching->again = true;
	memset(watching->view.results, 0, sizeof watching->view.results);
	judging_stop(watching->judging);
}

void watching_go_to(struct watching *watching, const char *pitfall)
{
	if (!watching->judging) {
		open_exercise(watching, pitfall);
		return;
	}
	watching->next = pitfall;
	watching->again = true;
	memset(watching->view.results, 0, sizeof watching->view.results);
	judging_stop(watching->judging);
}

void watching_leave(struct watching *watching, enum watching_end end)
{
	watching->leaving = true;
	watching->end = end;
	if (watching->judging)
		judging_stop(watching->judging);
	else
		watching->over = true;
}

/* --- saves --- */

/* By their index in what is watched; between these two, the tests and the header. */
enum { SAVED_OWN, SAVED_STARTER = 3 };

static void on_saved(void *context, size_t index)
{
	struct watching *watching = context;

	if (watching->leaving || watching->next)
		return;
	watching_note(watching, NULL);
	/* What was opened over the verdicts has been read, or belongs to what was there before. */
	if (watching->panel != PANEL_LIST)
		watching->panel = PANEL_NONE;
	if (index == SAVED_STARTER) {
		/* Most likely by a reader who has opened the file that the exercise's text links. */
		watching_note(watching, mem_format("%s was changed, and is not what is judged. Yours is %s.",
						   watching_starter(watching)->path, watching->file));
		watching_show(watching);
		return;
	}
	if (index > SAVED_OWN)
		watching_note(watching, mem_copy("The kit has changed this exercise; it is judged by the new one."));
	watching_judge(watching);
}

/* The reader's file, what of the exercise an update of the kit may change, and what the reader may take for theirs. */
static void watch_files(struct watching *watching, const struct program *starter)
{
	const char *root = watching->workbook->loop.root;
	const char *slash = strrchr(starter->path, '/');
	int directory = (int)(slash - starter->path), stem = (int)strlen(starter->path) - 2;
	char *paths[] = {
		mem_format("%s/%s", root, watching->file), mem_format("%s/%.*s/test.c", root, directory, starter->path),
		mem_format("%s/%.*s.h", root, stem, starter->path), mem_format("%s/%s", root, starter->path), NULL};

	watching->saves = saves_start(&watching->workbook->loop, paths, on_saved, watching);
	for (char **path = paths; *path; path++)
		free(*path);
}

/* --- the exercise in hand --- */

const struct program *watching_starter(const struct watching *watching)
{
	return catalogue_program(&watching->workbook->catalogue, watching->view.pitfall, "starter");
}

static void close_exercise(struct watching *watching)
{
	forget_results(watching);
	if (watching->saves)
		saves_stop(watching->saves);
	watching->saves = NULL;
	if (watching->submitted)
		submission_release(&watching->submission);
	watching->submitted = false;
	free(watching->file);
	watching->file = NULL;
	watching->panel = PANEL_NONE;
	watching->question = ASKED_NOTHING;
	watching_note(watching, NULL);
}

static void fill_view(struct watching *watching)
{
	struct view *view = &watching->view;
	const struct tasks *tasks = &watching->submission.tasks;

	view->file = watching->file;
	view->count = 0;
	/* The tests are shown first. */
	for (int tests = 1; tests >= 0; tests--)
		for (size_t i = 0; i < tasks->count && view->count < MOST_TASKS; i++)
			if (tasks->items[i].detector->tests == (tests == 1))
				view->detectors[view->count++] = tasks->items[i].detector;
}

/* What the reader should know of the copy before they begin. */
static void tell_copy(struct watching *watching, const struct program *starter, bool made)
{
	struct copy_state state = copy_state(watching->workbook->loop.root, starter);

	if (made)
		watching_note(watching, mem_format("%s is yours, made for this exercise.", watching->file));
	else if (state.outdated)
		watching_note(watching,
			      mem_format("A newer workbook has changed this exercise; './loose merge %s' puts its "
					 "changes into yours.",
					 watching->view.pitfall));
}

static void open_exercise(struct watching *watching, const char *pitfall)
{
	const char *root = watching->workbook->loop.root;
	char *error = NULL;
	bool made = false;

	close_exercise(watching);
	watching->view.pitfall = pitfall;
	const struct program *starter = watching_starter(watching);
	if (copy_open(root, starter, &made, &error) != 0) {
		watching->error = error;
		watching->end = WATCHING_FAILED;
		watching->leaving = watching->over = true;
		return;
	}
	watching->file = copy_path(starter);
	submission_init(&watching->submission, &watching->workbook->catalogue, pitfall, watching->file);
	watching->submitted = true;
	fill_view(watching);
	watch_files(watching, starter);
	reader_note_opened(watching->reader, pitfall);
	watching_say_page(watching, page_title);
	tell_copy(watching, starter, made);
	tell_complaint(watching);
	watching_judge(watching);
}

const char *watching_first(const struct catalogue *catalogue, const struct reader *reader)
{
	const char *in_hand = reader_position(reader), *first = NULL;

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		const char *pitfall = catalogue->pitfalls[i];
		if (!catalogue_program(catalogue, pitfall, "starter"))
			continue;
		if (in_hand && strcmp(in_hand, pitfall) == 0)
			return pitfall;
		if (!first && !reader_standing(reader, pitfall).passed)
			first = pitfall;
	}
	return first ? first : catalogue->pitfall_count ? catalogue->pitfalls[0] : NULL;
}

/* --- from start to end --- */

static void on_key(void *context, int key)
{
	actions_key(context, key);
}

static void on_line(void *context, const char *line)
{
	actions_line(context, line);
}

/* Nobody can say anything more: what is under way is told to its end. */
static void on_closed(void *context)
{
	struct watching *watching = context;

	if (!watching->terminal.plain)
		watching_leave(watching, WATCHING_LEFT);
}

static void on_redraw(void *context)
{
	watching_show(context);
}

static bool input_has_ended(const struct watching *watching)
{
	const struct terminal *terminal = &watching->terminal;

	return terminal->plain && terminal->ended && !watching->judging && !terminal->borrower;
}

/* While it is judged the screen says how long that takes. The loop wakes up each second: saves.c looks then. */
static void show_time(struct watching *watching)
{
	uint64_t now = uv_now(&watching->workbook->loop.uv), shown = watching->view.now;

	watching->view.now = now;
	if (now / 1000 != shown / 1000 && watching->view.stage == STAGE_JUDGING && watching->panel == PANEL_NONE)
		watching_show(watching);
}

static void run(struct watching *watching)
{
	struct loop *loop = &watching->workbook->loop;

	while (!watching->over && !loop->interrupted) {
		if (input_has_ended(watching))
			watching_leave(watching,
				       watching->view.stage == STAGE_PASSED ? WATCHING_PASSED : WATCHING_REFUSED);
		else
			uv_run(&loop->uv, UV_RUN_ONCE);
		show_time(watching);
	}
}

enum watching_end watching_run(struct workbook *workbook, struct reader *reader, const char *pitfall, bool plain,
			       char **error)
{
	static const struct terminal_events events = {on_key, on_line, on_closed, on_redraw};
	struct watching *watching = mem_zeroed(1, sizeof *watching);

	*watching = (struct watching){.workbook = workbook, .reader = reader};
	watching->view = (struct view){.catalogue = &workbook->catalogue, .reader = reader};
	*error = NULL;
	if (terminal_open(&watching->terminal, &workbook->loop, plain, &events, watching) != 0) {
		*error = mem_format("cannot use the terminal: %s; try --plain", strerror(errno));
		free(watching);
		return WATCHING_FAILED;
	}
	watching->view.style = watching->terminal.style;
	open_exercise(watching, pitfall);
	run(watching);
	watching->leaving = true;
	/* The reader has the terminal back before what takes a moment. */
	terminal_close(&watching->terminal);
	if (watching->judging) {
		judging_stop(watching->judging);
		judging_join(watching->judging);
	}
	enum watching_end end = watching->end;
	*error = watching->end == WATCHING_FAILED ? watching->error : NULL;
	if (*error)
		watching->error = NULL;
	close_exercise(watching);
	free(watching->search);
	free(watching);
	return end;
}
