#include "mutants.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "parts.h"
#include "verdict/detector.h"
#include "workbook/catalogue.h"

static const char *const fates[] = {
	[MUTANT_OPEN] = "open",		[MUTANT_REFUSED] = "refused",
	[MUTANT_SURVIVED] = "survived", [MUTANT_DOES_NOT_COMPILE] = "does not compile",
	[MUTANT_UNJUDGED] = "unjudged",
};

static void count(struct mutant_tally *tally, const struct mutant_result *one)
{
	if (one->fate == MUTANT_DOES_NOT_COMPILE)
		tally->does_not_compile++;
	else if (one->fate == MUTANT_UNJUDGED)
		tally->unjudged++;
	else if (one->listed)
		tally->equivalent++;
	else if (one->fate == MUTANT_REFUSED)
		tally->refused++;
	else
		tally->survived++;
}

struct mutant_tally mutants_tally(const struct mutant_results *all)
{
	struct mutant_tally tally = {0};

	for (size_t i = 0; i < all->count; i++)
		count(&tally, &all->items[i]);
	return tally;
}

/* --- tables --- */

/* What a row of a table counts: the mutants of one operator, or of one exercise. */
static const char *row_of(const struct mutant_result *one, bool by_exercise)
{
	return by_exercise ? one->original->pitfall : one->mutant.change;
}

static struct mutant_tally tally_row(const struct mutant_results *all, const char *name, bool by_exercise)
{
	struct mutant_tally tally = {0};

	for (size_t i = 0; i < all->count; i++)
		if (strcmp(row_of(&all->items[i], by_exercise), name) == 0)
			count(&tally, &all->items[i]);
	return tally;
}

static void print_row(FILE *out, const struct mutant_results *all, const char *name, bool by_exercise)
{
	struct mutant_tally tally = tally_row(all, name, by_exercise);
	size_t any = tally.refused + tally.survived + tally.equivalent + tally.does_not_compile + tally.unjudged;

	if (any)
		fprintf(out, "%-38s %8zu %9zu %11zu %17zu\n", name, tally.refused, tally.survived, tally.equivalent,
			tally.does_not_compile);
}

static void print_heading(FILE *out, struct style style, const char *what)
{
	fprintf(out, "\n%s%-38s %8s %9s %11s %17s%s\n", ink(style, INK_STRONG), what, "refused", "survived",
		"equivalent", "does not compile", ink(style, INK_OFF));
}

static void print_tables(FILE *out, struct style style, const struct mutant_results *all)
{
	print_heading(out, style, "operator");
	for (size_t i = 0; mutant_operator(i); i++)
		print_row(out, all, mutant_operator(i), false);
	print_heading(out, style, "exercise");
	for (size_t i = 0; i < all->count; i++)
		if (i == 0 || strcmp(row_of(&all->items[i], true), row_of(&all->items[i - 1], true)) != 0)
			print_row(out, all, row_of(&all->items[i], true), true);
}

/* --- one by one --- */

/* The operator as the list of equivalent mutants names it. */
static char *full_name(const struct mutant *mutant)
{
	return mutant->nth > 1 ? mem_format("%s#%u", mutant->change, mutant->nth) : mem_copy(mutant->change);
}

static void print_one(FILE *out, struct style style, const struct mutant_result *one, const char *what)
{
	char *name = full_name(&one->mutant);

	fprintf(out, "%s%s%s  %s:%d: %s in %s\n", ink(style, INK_BAD), what, ink(style, INK_OFF), one->original->path,
		one->mutant.line, name, one->mutant.function);
	fprintf(out, "    %s\n", one->mutant.line_text);
	if (one->why)
		fprintf(out, "    %s: %.*s\n", one->by ? one->by->name : "it", (int)strcspn(one->why, "\n"), one->why);
	free(name);
}

void report_mutants(FILE *out, struct style style, const struct mutant_results *all)
{
	struct mutant_tally tally = mutants_tally(all);
	size_t asked = tally.refused + tally.survived;

	for (size_t i = 0; i < all->count; i++) {
		const struct mutant_result *one = &all->items[i];
		if (one->fate == MUTANT_UNJUDGED)
			print_one(out, style, one, "cannot be judged");
		else if (one->fate == MUTANT_SURVIVED && !one->listed)
			print_one(out, style, one, "survived");
		else if (one->fate == MUTANT_REFUSED && one->listed)
			print_one(out, style, one, "refused, though listed as equivalent");
	}
	print_tables(out, style, all);
	fprintf(out, "\n%zu of %zu refused, %.1f %%\n", tally.refused, asked,
		asked ? 100.0 * (double)tally.refused / (double)asked : 100.0);
}

/* --- JSON --- */

static json_t *object_of(const struct mutant_result *one)
{
	json_t *object = json_object();

	json_object_set_new(object, "pitfall", json_string(one->original->pitfall));
	json_object_set_new(object, "program", json_string(one->original->path));
	json_object_set_new(object, "operator", json_string(one->mutant.change));
	json_object_set_new(object, "nth", json_integer(one->mutant.nth));
	json_object_set_new(object, "function", json_string(one->mutant.function));
	json_object_set_new(object, "line", json_integer(one->mutant.line));
	json_object_set_new(object, "text", json_string(one->mutant.line_text));
	json_object_set_new(object, "fate", json_string(fates[one->fate]));
	json_object_set_new(object, "by", one->by ? json_string(one->by->name) : json_null());
	json_object_set_new(object, "why", one->why ? json_string(one->why) : json_null());
	json_object_set_new(object, "equivalent", one->listed ? json_string(one->listed->reason) : json_null());
	return object;
}

static json_t *counts_of(const struct mutant_tally *tally)
{
	json_t *object = json_object();

	json_object_set_new(object, "refused", json_integer((json_int_t)tally->refused));
	json_object_set_new(object, "survived", json_integer((json_int_t)tally->survived));
	json_object_set_new(object, "equivalent", json_integer((json_int_t)tally->equivalent));
	json_object_set_new(object, "does_not_compile", json_integer((json_int_t)tally->does_not_compile));
	json_object_set_new(object, "unjudged", json_integer((json_int_t)tally->unjudged));
	return object;
}

static json_t *summary_of(const struct mutant_results *all)
{
	struct mutant_tally tally = mutants_tally(all);

	return counts_of(&tally);
}

/* The counts of each operator, or of each exercise, that has mutants, by its name. */
static json_t *rows_of(const struct mutant_results *all, bool by_exercise)
{
	json_t *object = json_object();

	for (size_t i = 0; i < all->count; i++) {
		const char *name = row_of(&all->items[i], by_exercise);
		struct mutant_tally tally = tally_row(all, name, by_exercise);
		if (!json_object_get(object, name))
			json_object_set_new(object, name, counts_of(&tally));
	}
	return object;
}

int report_mutants_json(FILE *out, const struct mutant_results *all)
{
	json_t *document = json_object(), *array = json_array();

	json_object_set_new(document, "schema", json_string("loose-threads/mutants/1"));
	for (size_t i = 0; i < all->count; i++)
		json_array_append_new(array, object_of(&all->items[i]));
	json_object_set_new(document, "mutants", array);
	json_object_set_new(document, "by_operator", rows_of(all, false));
	json_object_set_new(document, "by_exercise", rows_of(all, true));
	json_object_set_new(document, "summary", summary_of(all));
	int status = report_json_write(out, document);
	json_decref(document);
	return status;
}
