/* Each finding in the source and in plain words. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "detectors/detector.h"
#include "mem.h"

/* "broken.c:38"; the path from the root on for a file that is not the program's own. Owned by the caller. */
static char *place(const struct page *page, const char *file, int line)
{
	const char *shown = below_root(page->root, file);

	if (strcmp(shown, page->result->program->path) == 0)
		shown = base_name(shown);
	return line > 0 ? mem_format("%s:%d", shown, line) : mem_copy(shown);
}

/* "evict (broken.c:38)"; NULL for a frame without a name. */
static char *frame_text(const struct page *page, const struct frame *frame)
{
	char *name = frame_name(frame);

	if (!name || !frame->file || !frame->own)
		return name;
	char *where = place(page, frame->file, frame->line), *text = mem_format("%s (%s)", name, where);
	free(where);
	free(name);
	return text;
}

/* The function outside the program's sources that the own frame called; NULL when it is the place itself. */
static char *callee(const struct stack *stack, size_t own)
{
	char *name = NULL;

	for (size_t i = own; i > 0 && !name; i--)
		name = frame_name(&stack->frames[i - 1]);
	return name;
}

/* "Freed by main thread, in free, called from cache_free (broken.c:76):" */
static void print_role(const struct page *page, const char *role, const struct stack *stack, size_t own)
{
	int length = (int)strlen(role);
	char *inner = callee(stack, own), *outer = own < stack->count ? frame_text(page, &stack->frames[own]) : NULL;

	while (length && strchr(": ", role[length - 1]))
		length--;
	char *line = mem_format("%.*s%s%s%s%s%s", length, role, inner || outer ? ", in " : "", inner ? inner : "",
				inner && outer ? ", called from " : "", outer ? outer : "", outer ? ":" : "");
	print_wrapped(page->out, page->style, 2, line);
	free(line);
	free(inner);
	free(outer);
}

static void print_callers(const struct page *page, const struct stack *stack, size_t own)
{
	size_t last = stack_last_own(stack);

	for (size_t i = own + 1; i <= last && i < stack->count; i++) {
		char *caller = frame_text(page, &stack->frames[i]);
		if (!caller)
			continue;
		fprintf(page->out, "%6scalled from ", "");
		print_cut(page->out, page->style, caller, page->style.width - 18);
		putc('\n', page->out);
		free(caller);
	}
}

/* True when an earlier stack of the finding has its excerpt from the same line. */
static bool excerpt_shown(const struct finding *finding, size_t index, const struct frame *frame)
{
	for (size_t i = 0; i < index; i++) {
		const struct stack *stack = &finding->stacks[i];
		size_t own = stack_first_own(stack);
		const struct frame *other = own < stack->count ? &stack->frames[own] : NULL;
		if (other && other->file && frame->file && other->line == frame->line &&
		    strcmp(other->file, frame->file) == 0)
			return true;
	}
	return false;
}

static void print_stack(const struct page *page, const struct finding *finding, size_t index)
{
	const struct stack *stack = &finding->stacks[index];
	size_t own = stack_first_own(stack);
	const char *role = stack->role && *stack->role ? stack->role : index == 0 ? finding->words : NULL;

	print_role(page, role ? role : "There", stack, own);
	if (own == stack->count)
		return;
	if (!excerpt_shown(finding, index, &stack->frames[own]))
		print_excerpt(page->out, page->style, 4, stack->frames[own].file, stack->frames[own].line);
	print_callers(page, stack, own);
}

/* "and 3 more of this kind in evict" for those that are like this one. */
static void print_further(const struct page *page, size_t index)
{
	const struct findings *all = &page->result->seen.findings;
	const struct finding *finding = &all->items[index];
	size_t count = 0;

	for (size_t i = index + 1; i < all->count; i++)
		count += strcmp(all->items[i].kind, finding->kind) == 0 &&
			 strcmp(all->items[i].function, finding->function) == 0;
	if (count)
		fprintf(page->out, "  And %zu more %s of this kind in %s.\n", count, count == 1 ? "report" : "reports",
			finding->function);
}

static void print_finding(const struct page *page, size_t index)
{
	const struct finding *finding = &page->result->seen.findings.items[index];
	const struct detector *detector = page->result->detector;
	const char *meaning = detector->explain ? detector->explain(finding->kind) : NULL;
	char *where = finding->file ? place(page, finding->file, finding->line) : NULL;
	char *title = mem_format("%s in %s%s%s%s", finding->kind, finding->function, where ? " (" : "",
				 where ? where : "", where ? ")" : "");

	fprintf(page->out, "\n%s", ink(page->style, INK_STRONG));
	print_cut(page->out, page->style, title, page->style.width);
	fprintf(page->out, "%s\n", ink(page->style, INK_OFF));
	if (meaning)
		print_wrapped(page->out, page->style, 2, meaning);
	if (finding->stack_count == 0 && finding->words)
		print_wrapped(page->out, page->style, 2, finding->words);
	for (size_t i = 0; i < finding->stack_count; i++)
		print_stack(page, finding, i);
	print_further(page, index);
	free(title);
	free(where);
}

/* Once for each kind, behind the last finding of it. */
static void print_advice(const struct page *page, size_t index)
{
	const struct findings *all = &page->result->seen.findings;
	const char *advice = advice_for(all->items[index].kind);

	for (size_t i = index + 1; i < all->count; i++) {
		const char *later = finding_repeats(all, i) ? NULL : advice_for(all->items[i].kind);
		if (advice && later && strcmp(advice, later) == 0)
			return;
	}
	if (!advice)
		return;
	char *text = mem_format("Look at: %s", advice);
	print_wrapped(page->out, page->style, 0, text);
	free(text);
}

void print_findings(const struct page *page)
{
	const struct findings *all = &page->result->seen.findings;

	for (size_t i = 0; i < all->count; i++) {
		if (finding_repeats(all, i))
			continue;
		print_finding(page, i);
		print_advice(page, i);
	}
}
