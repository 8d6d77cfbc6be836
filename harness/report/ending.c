/* How a program of the reader's own ended, and what it wrote. */
#include "parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { THREADS_SHOWN = 8, COLUMNS_SHOWN = 200 };

static bool ended_alike(const struct observation *one, const struct observation *other)
{
	return one->ending == other->ending && one->status == other->status && one->signal == other->signal;
}

/* --- where its threads stood --- */

/* What the thread does, after its name: " waits for the mutex 'a', ..." */
static const char *doing(const struct stack *stack)
{
	const char *waits = strstr(stack->role, " waits "), *stands = strstr(stack->role, " stands");

	return waits ? waits : stands ? stands : stack->role;
}

static bool stand_alike(const struct stack *one, const struct stack *other)
{
	if (one->count != other->count || strcmp(doing(one), doing(other)) != 0)
		return false;
	for (size_t i = 0; i < one->count; i++)
		if (strcmp(one->frames[i].function, other->frames[i].function) != 0 ||
		    one->frames[i].line != other->frames[i].line)
			return false;
	return true;
}

static bool stands_like_an_earlier(const struct observation *seen, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (stand_alike(&seen->standing[i], &seen->standing[index]))
			return true;
	return false;
}

static size_t count_alike(const struct observation *seen, size_t index)
{
	size_t count = 0;

	for (size_t i = index + 1; i < seen->standing_count; i++)
		count += stand_alike(&seen->standing[index], &seen->standing[i]);
	return count;
}

void print_standing(const struct page *page)
{
	const struct observation *seen = &page->result->seen;
	const struct finding finding = {.stacks = seen->standing, .stack_count = seen->standing_count};
	size_t shown = 0, left_out = 0;

	/* Where a tool gave up that cannot watch the program is not the program's. */
	if (!seen->standing_count || seen->fault == FAULT_UNFIT || (page->told && page->told->standing))
		return;
	if (page->told)
		page->told->standing = true;
	fprintf(page->out, "%s%s%s\n", ink(page->style, INK_STRONG),
		seen->ending == ENDED_BY_SIGNAL || strstr(seen->standing[0].role, " got ") ? "Where it was killed"
											   : "Where its threads stood",
		ink(page->style, INK_OFF));
	for (size_t i = 0; i < seen->standing_count; i++) {
		if (stands_like_an_earlier(seen, i))
			continue;
		if (shown++ >= THREADS_SHOWN) {
			left_out++;
			continue;
		}
		print_finding_stack(page, &finding, i);
		size_t alike = count_alike(seen, i);
		if (alike)
			fprintf(page->out, "    %zu more %s there too.\n", alike,
				alike == 1 ? "thread stands" : "threads stand");
	}
	if (left_out)
		fprintf(page->out, "  And %zu more places where threads stood.\n", left_out);
	putc('\n', page->out);
}

/* --- what it wrote --- */

static void print_text(const struct page *page, const char *title, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(page->out, "%s%s%s\n", ink(page->style, INK_STRONG), title, ink(page->style, INK_OFF));
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *one = mem_copy_n(text, length);
		fputs("  ", page->out);
		report_cut(page->out, page->style, one, COLUMNS_SHOWN);
		putc('\n', page->out);
		free(one);
		text += length + (text[length] == '\n');
	}
	putc('\n', page->out);
}

/* A port that is taken is most often so by another run of the same program. */
static void print_port_hint(const struct page *page)
{
	const struct observation *seen = &page->result->seen;

	if (seen->errors && strstr(seen->errors, strerror(EADDRINUSE)) && !seen->own_network)
		print_wrapped(
			page->out, page->style, 2,
			"The port may be taken by another run of this program under another detector, or by one that "
			"has just ended: on this machine runs share one network.");
}

void print_ending(const struct page *page, const struct results *results)
{
	const struct observation *seen = &page->result->seen;
	bool told = false, stood = page->told && page->told->standing;

	for (size_t i = 0; i < page->index; i++) {
		const struct observation *earlier = &results->items[i].seen;
		bool alike = ended_alike(earlier, seen);
		told = told || alike;
		stood = stood || (alike && earlier->standing_count);
	}
	if (page->result->bad_input)
		return;
	/* What has findings or figures has ended with an empty line. */
	bool open = page->told ? page->told->open : !seen->findings.count && !seen->measured;
	if (open && ((!stood && seen->standing_count) || !told))
		putc('\n', page->out);
	if (!stood)
		print_standing(page);
	if (!told) {
		print_text(page, "On its standard error", seen->errors);
		print_port_hint(page);
		print_text(page, "On its standard output", seen->output);
	}
}

void report_ending(FILE *out, struct style style, const char *root, const struct results *results, size_t index)
{
	const struct page page = {out, style, root, &results->items[index], .index = index};

	print_ending(&page, results);
}
