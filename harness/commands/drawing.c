#include "drawing.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "picture.h"
#include "recording.h"
#include "report/plot.h"
#include "trace/select.h"
#include "verdict/detector.h"

void drawing_release(struct drawing *drawing)
{
	free(drawing->svg);
	free(drawing->words);
	free(drawing->caption);
	*drawing = (struct drawing){0};
}

/* --- lanes --- */

/* The results of one program; what they own stays that of all. */
static struct results results_of(const struct results *all, const struct program *program)
{
	struct results some = {.items = mem_zeroed(all->count + 1, sizeof *some.items)};

	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].program == program)
			some.items[some.count++] = all->items[i];
	return some;
}

static int lanes_of_program(struct workbook *workbook, const struct program *program, const struct results *all,
			    struct lanes *lanes)
{
	struct results results = results_of(all, program);
	struct trace whole = {0}, chosen = {0};
	int status = record_program(workbook, program, &results, &whole);

	if (status == 0) {
		trace_select(&whole, &chosen);
		lanes_init(lanes, program->name, &chosen);
		trace_release(&whole);
		trace_release(&chosen);
	}
	free(results.items);
	return status;
}

int drawing_lanes_of(struct workbook *workbook, const char *pitfall, const struct results *results,
		     struct lanes lanes[LANES_PAIR])
{
	static const char *const names[LANES_PAIR] = {"broken", "fixed"};
	int status = 0;
	size_t made = 0;

	for (; made < LANES_PAIR && status == 0; made += status == 0) {
		const struct program *program = catalogue_program(&workbook->catalogue, pitfall, names[made]);
		status = program ? lanes_of_program(workbook, program, results, &lanes[made])
				 : bad_input("%s has no program '%s', and a picture is of both", pitfall, names[made]);
	}
	while (status && made > 0)
		lanes_release(&lanes[--made]);
	return status;
}

int drawing_of_lanes(struct workbook *workbook, const char *pitfall, const struct results *results,
		     struct drawing *drawing)
{
	struct lanes lanes[LANES_PAIR];
	struct text text;
	int status = drawing_lanes_of(workbook, pitfall, results, lanes);

	*drawing = (struct drawing){0};
	if (status)
		return status;
	lanes_svg(text_open(&text), pitfall, lanes, LANES_PAIR);
	drawing->svg = text_close(&text);
	char *broken = lanes_summed_up(&lanes[0]), *fixed = lanes_summed_up(&lanes[1]);
	drawing->words = mem_format("The threads of both programs as lanes, from top to bottom. Broken: %s. Fixed: %s.",
				    broken, fixed);
	drawing->caption =
		mem_format("Drawn from a run of each program; time goes down, and a step stands below all that it "
			   "had to wait for.");
	free(broken);
	free(fixed);
	for (int i = 0; i < LANES_PAIR; i++)
		lanes_release(&lanes[i]);
	return 0;
}

/* --- the curve --- */

static const struct result *result_of(const struct results *results, const struct program *program)
{
	for (size_t i = 0; program && i < results->count; i++)
		if (results->items[i].program == program && results->items[i].detector->measures)
			return &results->items[i];
	return NULL;
}

/* "threads <= 20": a limit that moves with the run, such as "in_flight + 10", is more words. */
static bool limit_is_a_number(const struct bound *bound)
{
	size_t blanks = 0;

	for (const char *at = bound->text; *at; at++)
		blanks += *at == ' ';
	return blanks == 2;
}

/*
 * "'threads <= 20' does not hold: 21 against 20": without when that was, and where the limit moves, without its value then.
 * Both may be others in the next run.
 */
static char *headline_of(const struct result *broken, const struct bound *bound)
{
	for (size_t i = 0; i < broken->seen.findings.count; i++) {
		const struct finding *finding = &broken->seen.findings.items[i];
		if (strcmp(finding->kind, bound->kind) != 0 || !finding->words)
			continue;
		const char *end = strstr(finding->words, limit_is_a_number(bound) ? " after " : ": ");
		return mem_copy_n(finding->words, end ? (size_t)(end - finding->words) : strlen(finding->words));
	}
	return mem_copy(bound->text);
}

/* gnuplot says who it is where we say what the picture shows. */
static char *with_words(const char *svg, const char *title, const char *words)
{
	const char *start = strstr(svg, "<title>"), *end = strstr(svg, "</desc>");
	struct text text;

	if (!start || !end || end < start)
		return mem_copy(svg);
	FILE *out = text_open(&text);
	fwrite(svg, 1, (size_t)(start - svg), out);
	fputs("<title>", out);
	report_xml(out, title);
	fputs("</title>\n<desc>", out);
	report_xml(out, words);
	fputs(end, out);
	return text_close(&text);
}

static int draw_curve(struct workbook *workbook, const char *pitfall, struct plot plots[2], struct drawing *drawing)
{
	char *svg = NULL;

	plot_squeeze(&plots[0]);
	plot_squeeze(&plots[1]);
	int status = picture_text(&workbook->loop, pitfall, &plots[0], &plots[1], &svg);
	if (status == 0)
		drawing->svg = with_words(svg, pitfall, drawing->words);
	free(svg);
	return status;
}

static int draw_bound(struct workbook *workbook, const char *pitfall, const struct result *pair[2],
		      const struct bound *bound, struct drawing *drawing)
{
	struct plot plots[2];
	int drawn = 0, status = 0;

	while (drawn < 2 && plot_init_bound(&plots[drawn], pair[drawn]->seen.measured, bound))
		drawn++;
	if (drawn == 2) {
		char *headline = headline_of(pair[0], bound);
		drawing->words = mem_format("%s beside what is allowed, of both programs, in the order of events. "
					    "Broken: %s. Fixed: it holds.",
					    bound->figure, headline);
		drawing->caption =
			mem_format("Drawn from a run of each program. Broken: %s. Fixed: it holds.", headline);
		free(headline);
		status = draw_curve(workbook, pitfall, plots, drawing);
	}
	while (drawn-- > 0)
		plot_release(&plots[drawn]);
	return status;
}

int drawing_of_curve(struct workbook *workbook, const char *pitfall, const struct results *results,
		     struct drawing *drawing)
{
	const struct result *pair[2] = {
		result_of(results, catalogue_program(&workbook->catalogue, pitfall, "broken")),
		result_of(results, catalogue_program(&workbook->catalogue, pitfall, "fixed")),
	};
	struct budget budget = {0};
	char *error = NULL;
	int status = 0;

	*drawing = (struct drawing){0};
	if (!pair[0] || !pair[1] || !pair[0]->expected || !pair[0]->expected->bounds)
		return 0;
	budget_parse(&budget, pair[0]->expected->bounds, &error);
	const struct bound *bound = plot_broken_bound(&budget, pair[0]->seen.measured, &pair[0]->seen.findings);
	if (bound)
		status = draw_bound(workbook, pitfall, pair, bound, drawing);
	free(error);
	budget_release(&budget);
	return status;
}

/* --- what lies there --- */

/* From <desc> to the end of the style, which follows it; the whole when there is none. */
static char *words_and_style_of(const char *svg)
{
	const char *start = strstr(svg, "<desc"), *end = start ? strstr(start, "</style>") : NULL;

	return end ? mem_copy_n(start, (size_t)(end - start)) : mem_copy(svg);
}

bool drawing_same(const char *kind, const char *there, const char *made)
{
	if (strcmp(kind, "curve") != 0)
		return strcmp(there, made) == 0;
	char *one = words_and_style_of(there), *other = words_and_style_of(made);
	bool same = strcmp(one, other) == 0;

	free(one);
	free(other);
	return same;
}
