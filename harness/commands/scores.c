#include "scores.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

static const char question[] = "question"; /* what stands for a detector beside the cells */

/* The score of this name, made when there is none; NULL when there are too many. */
static struct score *score_of(struct named_score *all, size_t *count, const char *name, size_t length)
{
	for (size_t i = 0; i < *count; i++)
		if (strlen(all[i].name) == length && strncmp(all[i].name, name, length) == 0)
			return &all[i].score;
	if (*count == SCORES_MOST || length >= sizeof all->name)
		return NULL;
	memcpy(all[*count].name, name, length);
	return &all[(*count)++].score;
}

static void add(struct score *score, const struct guess *guess)
{
	if (!score)
		return;
	score->asked++;
	score->right += guess->right;
	if (*guess->detector) {
		score->missed += guess->seen && !guess->guessed;
		score->imagined += guess->guessed && !guess->seen;
	}
}

static void count_guess(void *context, const struct guess *guess)
{
	struct scores *scores = context;
	const char *detector = *guess->detector ? guess->detector : question;

	add(&scores->all, guess);
	add(score_of(scores->detectors, &scores->detector_count, detector, strlen(detector)), guess);
	add(score_of(scores->chapters, &scores->chapter_count, guess->pitfall, strcspn(guess->pitfall, "/")), guess);
	if (guess->confidence >= 50 && guess->confidence <= 100)
		add(&scores->steps[(guess->confidence - 50) / 10], guess);
}

static int by_name(const void *left, const void *right)
{
	return strcmp(((const struct named_score *)left)->name, ((const struct named_score *)right)->name);
}

/* The detectors in the order of the book, those that this workbook does not know after them; the chapters in theirs. */
void scores_count(struct scores *scores, const struct reader *reader)
{
	*scores = (struct scores){0};
	for (size_t i = 0; detectors[i]; i++)
		score_of(scores->detectors, &scores->detector_count, detectors[i]->name, strlen(detectors[i]->name));
	reader_guesses(reader, count_guess, scores);
	qsort(scores->chapters, scores->chapter_count, sizeof *scores->chapters, by_name);
}

/* --- for people ----------------------------------------------------------------------------------------------------*/

static void print_scores(FILE *out, const char *title, const struct named_score *all, size_t count)
{
	fprintf(out, "\n%-28s %-12s %s\n", title, "right", "wrong");
	for (size_t i = 0; i < count; i++) {
		const struct score *score = &all[i].score;
		if (!score->asked)
			continue;
		char *right = mem_format("%u of %u", score->right, score->asked);
		char *missed = score->missed ? mem_format(" %u fired unexpected", score->missed) : mem_copy("");
		char *vain = score->imagined ? mem_format(" %u expected in vain", score->imagined) : mem_copy("");
		bool wrong = score->missed || score->imagined;
		fprintf(out, "%-28s %-*s%s%s%s\n", all[i].name, wrong ? 12 : 0, right, missed,
			score->missed && score->imagined ? "," : "", vain);
		free(vain);
		free(missed);
		free(right);
	}
}

/* The one with the most that were wrong; NULL when none was, or several are as bad. */
static const struct named_score *worst_of(const struct named_score *all, size_t count)
{
	const struct named_score *worst = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned wrong = all[i].score.asked - all[i].score.right;
		if (wrong == most)
			worst = NULL;
		if (wrong > most)
			worst = &all[i];
		most = wrong > most ? wrong : most;
	}
	return worst;
}

static void print_worst(FILE *out, const struct scores *scores)
{
	const struct named_score *detector = worst_of(scores->detectors, scores->detector_count);
	const struct named_score *chapter = worst_of(scores->chapters, scores->chapter_count);

	if (detector || chapter)
		fputc('\n', out);
	if (detector)
		fprintf(out, "You misjudge %s most.\n", detector->name);
	if (chapter)
		fprintf(out, "Of the kinds of pitfall you misjudge %s most.\n", chapter->name);
}

/* Sure without reason, or without need: by the middle of the step, where there is enough to tell. */
static const char *judge_step(const struct score *step, int from)
{
	int middle = from == 100 ? 100 : from + 5, share = (int)(100 * step->right / step->asked);

	if (step->asked < SCORES_FEW / 2)
		return "";
	if (share + 15 < middle)
		return ": surer than you can be";
	return share > middle + 15 ? ": you may be surer" : ": as it should be";
}

static void print_confidence(FILE *out, const struct scores *scores)
{
	fputs("\nConfidence:\n", out);
	for (int i = 0; i < SCORES_STEPS; i++) {
		const struct score *step = &scores->steps[i];
		int from = 50 + 10 * i;
		if (step->asked && from == 100)
			fprintf(out, "  of %u cells at 100 %% you were right in %u%s\n", step->asked, step->right,
				judge_step(step, from));
		else if (step->asked)
			fprintf(out, "  of %u cells at %d to %d %% you were right in %u%s\n", step->asked, from,
				from + 9, step->right, judge_step(step, from));
	}
}

void scores_print(FILE *out, struct style style, const struct scores *scores)
{
	if (!scores->all.asked)
		return;
	print_scores(out, "Detector", scores->detectors, scores->detector_count);
	print_scores(out, "Kind of pitfall", scores->chapters, scores->chapter_count);
	print_confidence(out, scores);
	if (scores->all.asked < SCORES_FEW) {
		char *line = mem_format("These are %u guesses: too few to say much of you. From %d on they do.",
					scores->all.asked, SCORES_FEW);
		fputc('\n', out);
		report_prose(out, style, 0, line);
		free(line);
	} else {
		print_worst(out, scores);
	}
}

/* --- for tools -----------------------------------------------------------------------------------------------------*/

static json_t *score_json(const struct score *score)
{
	return json_pack("{s:i,s:i,s:i,s:i}", "asked", (int)score->asked, "right", (int)score->right, "missed",
			 (int)score->missed, "imagined", (int)score->imagined);
}

static json_t *named_json(const struct named_score *all, size_t count)
{
	json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		if (all[i].score.asked)
			json_object_set_new(object, all[i].name, score_json(&all[i].score));
	return object;
}

json_t *scores_json(const struct scores *scores)
{
	json_t *steps = json_array();

	for (int i = 0; i < SCORES_STEPS; i++) {
		json_t *step = score_json(&scores->steps[i]);
		json_object_set_new(step, "from", json_integer(50 + 10 * i));
		if (scores->steps[i].asked)
			json_array_append(steps, step);
		json_decref(step);
	}
	return json_pack("{s:o,s:o,s:o}", "detectors", named_json(scores->detectors, scores->detector_count),
			 "chapters", named_json(scores->chapters, scores->chapter_count), "confidence", steps);
}
