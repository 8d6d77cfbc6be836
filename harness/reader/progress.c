#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "store.h"

/* What the kinds of events are called. Another kind, of a newer workbook on another machine, is kept and passed on. */
#define OPENED "opened"
#define ATTEMPT "attempt"
#define HINT "hint"
#define SOLUTION "solution"
#define RESET "reset"
#define PREDICTION "prediction"

/* --- open and closed -----------------------------------------------------------------------------------------------*/

void reader_open(struct reader *reader, const char *root)
{
	*reader = (struct reader){.root = mem_copy(root)};
	store_open(reader);
	store_read(reader);
}

void reader_reload(struct reader *reader)
{
	/* By its name: another process may have set a damaged file aside, or somebody may have taken it away. */
	store_close(reader);
	store_open(reader);
	store_read(reader);
}

void reader_close(struct reader *reader)
{
	store_close(reader);
	for (size_t i = 0; i < reader->count; i++)
		event_release(&reader->events[i]);
	free(reader->events);
	free(reader->problem);
	free(reader->root);
	*reader = (struct reader){0};
}

bool reader_keeps(const struct reader *reader)
{
	return reader->database || reader->absent;
}

char *reader_complaint(struct reader *reader)
{
	char *problem = reader->problem;

	reader->problem = NULL;
	return problem;
}

/* --- noting --------------------------------------------------------------------------------------------------------*/

/* Later than every event that is known, whatever the clock does. None can be later than one at the end of time. */
static long long now(const struct reader *reader)
{
	long long last = reader->count ? reader->events[reader->count - 1].time : 0, time;
	struct timespec clock;

	clock_gettime(CLOCK_REALTIME, &clock);
	time = (long long)clock.tv_sec * 1000 + clock.tv_nsec / 1000000;
	return time > last || last >= READER_LATEST ? time : last + 1;
}

/* Takes over the detail. */
static void note(struct reader *reader, const char *kind, const char *pitfall, json_t *detail)
{
	event_add(reader, (struct event){.id = event_new_id(),
					 .time = now(reader),
					 .kind = mem_copy(kind),
					 .pitfall = mem_copy(pitfall),
					 .detail = detail});
	store_write(reader);
}

void reader_note_opened(struct reader *reader, const char *pitfall)
{
	const char *position = reader_position(reader);

	if (!position || strcmp(position, pitfall) != 0)
		note(reader, OPENED, pitfall, json_object());
}

void reader_note_attempt(struct reader *reader, const char *pitfall, bool passed)
{
	note(reader, ATTEMPT, pitfall, json_pack("{s:b}", "passed", passed));
}

void reader_note_hint(struct reader *reader, const char *pitfall, int level)
{
	note(reader, HINT, pitfall, json_pack("{s:i}", "level", level));
}

void reader_note_solution(struct reader *reader, const char *pitfall, bool shown)
{
	note(reader, SOLUTION, pitfall, json_pack("{s:b}", "shown", shown));
}

void reader_note_reset(struct reader *reader, const char *pitfall)
{
	note(reader, RESET, pitfall, json_object());
}

void reader_note_prediction(struct reader *reader, const char *pitfall, const struct prediction *prediction)
{
	json_t *cells = json_object(), *detail = json_pack("{s:o}", "cells", cells);

	for (size_t i = 0; i < prediction->count; i++) {
		const struct cell *cell = &prediction->cells[i];
		json_object_set_new(cells, cell->detector,
				    json_pack("{s:b,s:b}", "guessed", cell->guessed, "seen", cell->seen));
	}
	if (prediction->confidence)
		json_object_set_new(detail, "confidence", json_integer(prediction->confidence));
	if (prediction->question)
		json_object_set_new(detail, "question",
				    json_pack("{s:s,s:s,s:s}", "asked", prediction->question, "answer",
					      prediction->answer, "right", prediction->right));
	note(reader, PREDICTION, pitfall, detail);
}

/* --- knowing -------------------------------------------------------------------------------------------------------*/

static bool is_true(const struct event *event, const char *key)
{
	return json_is_true(json_object_get(event->detail, key));
}

/* Calls `each` for the cells of a prediction, and for its question. True when all of it was right. */
static bool each_guess(const struct event *event, void (*each)(void *context, const struct guess *guess), void *context)
{
	json_t *question = json_object_get(event->detail, "question"), *cell;
	int confidence = (int)json_integer_value(json_object_get(event->detail, "confidence"));
	bool all = true;
	const char *detector;

	json_object_foreach(json_object_get(event->detail, "cells"), detector, cell) {
		struct guess guess = {.pitfall = event->pitfall, .detector = detector, .confidence = confidence};
		guess.guessed = json_is_true(json_object_get(cell, "guessed"));
		guess.seen = json_is_true(json_object_get(cell, "seen"));
		guess.right = guess.guessed == guess.seen;
		all = all && guess.right;
		if (each)
			each(context, &guess);
	}
	if (question) {
		const char *answer = json_string_value(json_object_get(question, "answer"));
		const char *right = json_string_value(json_object_get(question, "right"));
		struct guess guess = {.pitfall = event->pitfall, .detector = "", .confidence = confidence};
		guess.right = answer && right && strcmp(answer, right) == 0;
		all = all && guess.right;
		if (each)
			each(context, &guess);
	}
	return all;
}

/* What one more event of the pitfall changes. */
static void stand(struct standing *standing, const struct event *event)
{
	if (strcmp(event->kind, OPENED) == 0) {
		standing->opened = true;
	} else if (strcmp(event->kind, HINT) == 0) {
		int level = (int)json_integer_value(json_object_get(event->detail, "level"));
		standing->hints = level > standing->hints ? level : standing->hints;
	} else if (strcmp(event->kind, SOLUTION) == 0) {
		standing->asked++;
		standing->solution_shown = standing->solution_shown || is_true(event, "shown");
	} else if (strcmp(event->kind, RESET) == 0) {
		standing->attempts = 0;
		standing->passed = false;
	} else if (strcmp(event->kind, ATTEMPT) == 0) {
		standing->attempts++;
		standing->passed = standing->passed || is_true(event, "passed");
		if (standing->passed && !standing->passed_at)
			standing->passed_at = event->time;
	} else if (strcmp(event->kind, PREDICTION) == 0) {
		bool right = each_guess(event, NULL, NULL);
		standing->predicted_right = standing->predictions ? standing->predicted_right : right;
		standing->predictions++;
	}
}

struct standing reader_standing(const struct reader *reader, const char *pitfall)
{
	struct standing standing = {0};

	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->events[i].pitfall, pitfall) == 0)
			stand(&standing, &reader->events[i]);
	return standing;
}

const char *reader_position(const struct reader *reader)
{
	const char *position = NULL;

	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->events[i].kind, OPENED) == 0)
			position = reader->events[i].pitfall;
	return position;
}

static bool predicted_before(const struct reader *reader, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(reader->events[i].kind, PREDICTION) == 0 &&
		    strcmp(reader->events[i].pitfall, reader->events[index].pitfall) == 0)
			return true;
	return false;
}

void reader_guesses(const struct reader *reader, void (*each)(void *context, const struct guess *guess), void *context)
{
	for (size_t i = 0; i < reader->count; i++)
		if (strcmp(reader->events[i].kind, PREDICTION) == 0 && !predicted_before(reader, i))
			each_guess(&reader->events[i], each, context);
}
