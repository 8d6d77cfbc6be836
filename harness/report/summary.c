/*
 * What `check` and `run` tell: the verdict in one sentence, then the one thing
 * to look at first, then the rest by detector, each fault once.
 */
#include "sentence.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

static struct page page_of(FILE *out, struct style style, const char *root, const struct results *results, size_t index,
			   struct told *told)
{
	return (struct page){out, style, root, &results->items[index], told, index};
}

static bool hangs(const struct observation *seen)
{
	return seen->ending == ENDED_DEADLOCKED || seen->ending == ENDED_IDLE || seen->ending == ENDED_UNSIGNALLED ||
	       seen->ending == ENDED_LATE || (seen->hung && seen->ending == ENDED_BY_ITSELF);
}

/* The result that says where the threads of a program or a test stood which hangs; their number: none does. */
static size_t result_that_stands(const struct results *results)
{
	size_t i = 0;

	while (i < results->count && !(results->items[i].seen.standing_count && hangs(&results->items[i].seen)))
		i++;
	return i;
}

/* Likewise of a crash. */
static size_t result_that_crashed(const struct results *results)
{
	size_t i = 0;

	while (i < results->count && !(results->items[i].seen.standing_count && !hangs(&results->items[i].seen)))
		i++;
	return i;
}

/* The one thing to look at first. */
static void print_first(FILE *out, struct style style, const char *root, const struct results *results,
			const struct groups *groups, struct told *told)
{
	size_t stands = result_that_stands(results), crash = result_that_crashed(results);
	size_t lead = group_to_lead(groups);

	if (stands < results->count) {
		struct page page = page_of(out, style, root, results, stands, told);
		putc('\n', out);
		print_standing(&page);
		return;
	}
	if (lead < groups->count) {
		struct page page = page_of(out, style, root, results, groups->items[lead].result, told);
		print_finding(&page, groups->items[lead].finding);
		print_advice(&page, group_finding(groups, lead));
	} else if (crash < results->count) {
		struct page page = page_of(out, style, root, results, crash, told);
		putc('\n', out);
		print_standing(&page);
		return;
	}
	putc('\n', out);
}

void report_summary(FILE *out, struct style style, const char *root, const struct results *results, bool with_output)
{
	struct groups groups;
	struct told told = {.groups = &groups};

	if (results->count && results->items[0].bad_input) {
		report_result(out, style, root, &results->items[0]);
		return;
	}
	groups_init(&groups, results);
	told.groups_told = mem_zeroed(groups.count + 1, sizeof *told.groups_told);
	char *sentence = verdict_sentence(root, results, &groups);
	fputs(ink(style, INK_STRONG), out);
	print_wrapped(out, style, 0, sentence);
	fputs(ink(style, INK_OFF), out);
	free(sentence);
	print_first(out, style, root, results, &groups, &told);
	for (size_t i = 0; i < results->count; i++) {
		struct page page = page_of(out, style, root, results, i, &told);
		print_result(&page);
		/* What a test of the workbook prints is its report. */
		if (with_output || results->items[i].seen.ending != ENDED_BY_ITSELF)
			print_ending(&page, results);
	}
	free(told.groups_told);
	groups_release(&groups);
}
