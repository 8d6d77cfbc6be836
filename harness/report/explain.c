/* Each finding in the source and in plain words. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

enum { FURTHER_SHOWN = 12 };

/* How much of both paths is the same, up to a slash; 0 when that is only the root of all files. */
static size_t common_directories(const char *one, const char *other)
{
	size_t length = 0;

	for (size_t i = 0; one[i] && one[i] == other[i]; i++)
		if (one[i] == '/')
			length = i + 1;
	return length > 1 ? length : 0;
}

/*
 * "broken.c:38", "broken/rates.c:9"; "lib/queue.c:9" where the program's first
 * file is app/main.c; a path of the workbook for what else lies there. Owned by
 * the caller.
 */
static char *place(const struct page *page, const char *file, int line)
{
	const char *shown = below_root(page->root, file), *own = page->result->program->path;
	size_t directory = (size_t)(base_name(own) - own);

	if (directory && strncmp(shown, own, directory) == 0)
		shown += directory;
	else if (*shown == '/')
		shown += common_directories(shown, own);
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

/* The innermost function that has a name, for a stack that shows nothing; NULL when none has. */
static char *innermost(const struct stack *stack)
{
	char *name = NULL;

	for (size_t i = 0; i < stack->count && !name; i++)
		name = frame_name(&stack->frames[i]);
	return name;
}

/* "Freed by main thread, in free, called from cache_free (broken.c:76):"; `own` is what of `shown` is own first. */
static void print_role(const struct page *page, const char *role, const struct stack *stack, const struct shown *shown,
		       size_t own)
{
	int length = (int)strlen(role);
	char *inner = shown->count == 0 ? innermost(stack) : own ? frame_name(shown->items[0]) : NULL;
	char *outer = shown->count ? frame_text(page, shown->items[own]) : NULL;

	while (length && strchr(".: ", role[length - 1]))
		length--;
	/* "Block was alloc'd at" */
	if (length > 3 && strncmp(role + length - 3, " at", 3) == 0)
		length -= 3;
	char *line = mem_format("%.*s%s%s%s%s%s", length, role, inner || outer ? ", in " : "", inner ? inner : "",
				inner && outer ? ", called from " : "", outer ? outer : "", outer ? ":" : "");
	print_wrapped(page->out, page->style, 2, line);
	free(line);
	free(inner);
	free(outer);
}

static void print_callers(const struct page *page, const struct shown *shown, size_t own)
{
	for (size_t i = own + 1; i < shown->count; i++) {
		char *caller = frame_text(page, shown->items[i]);
		if (!caller)
			continue;
		fprintf(page->out, "%6scalled from ", "");
		print_cut(page->out, page->style, caller, page->style.width - 18);
		putc('\n', page->out);
		free(caller);
	}
}

static const struct frame *first_own(const struct stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->frames[i].own)
			return &stack->frames[i];
	return NULL;
}

/* True when an earlier stack of the finding has its excerpt from the same line. */
static bool excerpt_shown(const struct finding *finding, size_t index, const struct frame *frame)
{
	for (size_t i = 0; i < index; i++) {
		const struct frame *other = first_own(&finding->stacks[i]);
		if (other && other->file && frame->file && other->line == frame->line &&
		    strcmp(other->file, frame->file) == 0)
			return true;
	}
	return false;
}

void print_finding_stack(const struct page *page, const struct finding *finding, size_t index)
{
	const struct stack *stack = &finding->stacks[index];
	const char *role = stack->role && *stack->role ? stack->role : index == 0 ? finding->words : NULL;
	struct shown shown = stack_shown(stack);
	size_t own = shown.count && !shown.items[0]->own ? 1 : 0;

	print_role(page, role ? role : "There", stack, &shown, own);
	if (shown.count) {
		const struct frame *frame = shown.items[own];
		if (!excerpt_shown(finding, index, frame))
			print_excerpt(page->out, page->style, 4, frame->file, frame->line);
		print_callers(page, &shown, own);
	}
	free(shown.items);
}

/* The name between the quotes that follow one of these words; *length is 0 when there is none. */
static const char *quoted_name(const char *text, size_t *length)
{
	static const char *const before[] = {" on '", "global var \"", "local var \"", "data symbol \"",
					     "static var \""};

	*length = 0;
	for (size_t i = 0; text && i < sizeof before / sizeof *before; i++) {
		const char *at = strstr(text, before[i]), *name = at ? at + strlen(before[i]) : NULL;
		if (!name)
			continue;
		*length = strcspn(name, "'\"");
		return name;
	}
	return NULL;
}

/* ", on 'ledger'", as the detector names what the finding is about; "" when it does not. For the caller to free. */
static char *subject(const struct finding *finding)
{
	size_t length;
	const char *name = quoted_name(finding->words, &length);

	for (size_t i = 0; i < finding->stack_count && !length; i++)
		name = quoted_name(finding->stacks[i].role, &length);
	return length ? mem_format(", on '%.*s'", (int)length, name) : mem_copy("");
}

/* "bank.c:22, on 'last':  last = (long)arg;" */
static void print_line_of(const struct page *page, const struct finding *finding)
{
	char *where = finding->file ? place(page, finding->file, finding->line) : mem_copy(finding->function);
	char *about = subject(finding), *source = finding->file ? source_line(finding->file, finding->line) : NULL;
	const char *statement = source ? source + strspn(source, " \t") : "";
	char *line = mem_format("%s%s%s%s", where, about, *statement ? ":  " : "", statement);

	fputs("    ", page->out);
	print_cut(page->out, page->style, line, page->style.width - 4);
	putc('\n', page->out);
	free(line);
	free(source);
	free(about);
	free(where);
}

/* Those that are like this one, a line for each: to fix the first one alone does not fix all. */
static void print_further(const struct page *page, size_t index)
{
	const struct findings *all = &page->result->seen.findings;
	const struct finding *finding = &all->items[index];
	size_t count = 0;

	for (size_t i = index + 1; i < all->count; i++) {
		if (strcmp(all->items[i].kind, finding->kind) != 0 ||
		    strcmp(all->items[i].function, finding->function) != 0)
			continue;
		if (count == 0)
			fprintf(page->out, "  More of this kind in %s:\n", finding->function);
		if (count++ < FURTHER_SHOWN)
			print_line_of(page, &all->items[i]);
	}
	if (count > FURTHER_SHOWN)
		fprintf(page->out, "    and %zu more\n", count - FURTHER_SHOWN);
}

/* Whether the headline is the kind, "data race" for "data-race", and nothing more. */
static bool words_are_kind(const struct finding *finding)
{
	const char *words = finding->words, *kind = finding->kind;

	while (*words && (*words == *kind || (*words == ' ' && *kind == '-')))
		words++, kind++;
	return !*words && !*kind;
}

/* The detector's headline, where it does not stand at the first stack. */
static void print_words(const struct page *page, const struct finding *finding)
{
	const char *role = finding->stack_count > 0 ? finding->stacks[0].role : NULL;

	if (!finding->words)
		return;
	/* The budget's has the bound, and the values that it reached. */
	if (finding->stack_count == 0 || page->result->detector->headlines) {
		print_wrapped(page->out, page->style, 2, finding->words);
	} else if (role && *role && strcmp(role, finding->words) != 0 && !words_are_kind(finding)) {
		char *words = mem_format("In its own words: %s.", finding->words);
		print_wrapped(page->out, page->style, 2, words);
		free(words);
	}
}

/* DRD brackets the other access by two moments of its thread. Outside the program's own code they say nothing. */
static bool is_vague(const struct stack *stack)
{
	struct shown shown = stack_shown(stack);
	bool vague = shown.count == 0 && stack->role &&
		     (strcmp(stack->role, "The other access comes after this") == 0 ||
		      strcmp(stack->role, "and before this") == 0);

	free(shown.items);
	return vague;
}

static void print_finding(const struct page *page, size_t index)
{
	const struct finding *finding = &page->result->seen.findings.items[index];
	const struct detector *detector = page->result->detector;
	const char *meaning = detector->explain ? detector->explain(finding->kind) : NULL;
	char *where = finding->file ? place(page, finding->file, finding->line) : NULL;

	/* The line's number is what a reader needs most: a path that leaves no room for it goes. */
	if (where &&
	    columns_of(finding->kind) + columns_of(finding->function) + columns_of(where) + 7 > page->style.width)
		memmove(where, base_name(where), strlen(base_name(where)) + 1);
	char *title = mem_format("%s in %s%s%s%s", finding->kind, finding->function, where ? " (" : "",
				 where ? where : "", where ? ")" : "");

	fprintf(page->out, "\n%s", ink(page->style, INK_STRONG));
	print_cut(page->out, page->style, title, page->style.width);
	fprintf(page->out, "%s\n", ink(page->style, INK_OFF));
	if (meaning)
		print_wrapped(page->out, page->style, 2, meaning);
	print_words(page, finding);
	print_doubts(page, finding);
	for (size_t i = 0; i < finding->stack_count; i++)
		if (!stack_repeats(finding, i) && !is_vague(&finding->stacks[i]))
			print_finding_stack(page, finding, i);
	print_further(page, index);
	free(title);
	free(where);
}

/* Once for each kind, behind the last finding of it. */
static void print_advice(const struct page *page, size_t index)
{
	const struct findings *all = &page->result->seen.findings;
	const char *advice = advice_for(page->result->detector, all->items[index].kind);

	for (size_t i = index + 1; i < all->count; i++) {
		const char *later =
			finding_repeats(all, i) ? NULL : advice_for(page->result->detector, all->items[i].kind);
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
