/* Each finding in the source and in plain words. */
#include "sentence.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/detector.h"

enum { FURTHER_SHOWN = 12, MOST_UP = 3, CALLED_FROM = 18 /* columns before a caller */ };

/* How much of both paths is the same, up to a slash; 0 when that is only the root of all files. */
static size_t common_directories(const char *one, const char *other)
{
	size_t length = 0;

	for (size_t i = 0; one[i] && one[i] == other[i]; i++)
		if (one[i] == '/')
			length = i + 1;
	return length > 1 ? length : 0;
}

/* As somebody in `here` would type it, up to some folders above; else as it is. For the caller to free. */
static char *from_here(const char *path, const char *here)
{
	char *directory = mem_format("%s/", here), *typed = NULL;
	size_t common = common_directories(path, directory), up = 0;

	for (const char *at = directory + common; common && (at = strchr(at, '/')); at++)
		up++;
	if (common && up <= MOST_UP)
		typed = mem_format("%.*s%s", (int)(3 * up), "../../../", path + common);
	free(directory);
	return typed ? typed : mem_copy(path);
}

/*
 * "broken.c:38", "broken/rates.c:9"; a path of the workbook for what else lies
 * there. In the first file's folder, and below, that is enough of it; another
 * file is named from where the reader is.
 */
char *place_for_people(const struct page *page, const char *file, int line)
{
	const char *shown = below_root(page->root, file), *own = below_root(page->root, page->result->program->path);
	size_t directory = (size_t)(base_name(own) - own);
	char here[PATH_MAX], *path;

	if (directory && strncmp(shown, own, directory) == 0)
		path = mem_copy(shown + directory);
	else if (*shown == '/' && getcwd(here, sizeof here))
		path = from_here(shown, here);
	else
		path = mem_copy(shown);
	char *text = line > 0 ? mem_format("%s:%d", path, line) : mem_copy(path);
	free(path);
	return text;
}

/*
 * A path that takes more columns loses some of its middle: its first folder and the
 * file's name with the line stay. One that is still too long is left whole, for
 * what says where a fault is must not be lost. Takes `path` over.
 */
static char *squeezed(const struct page *page, char *path, int columns)
{
	const char *ellipsis = page->style.utf8 ? "…" : "...", *tail = path;
	size_t head = strcspn(path + (*path == '/'), "/") + (*path == '/') + 1;
	char *shorter = NULL;

	if (columns_of(path) <= columns)
		return path;
	while (!shorter && (tail = strchr(tail + 1, '/'))) {
		if (tail < path + head)
			continue;
		shorter = mem_format("%.*s%s%s", (int)head, path, ellipsis, tail);
		if (columns_of(shorter) > columns) {
			free(shorter);
			shorter = NULL;
		}
	}
	if (!shorter)
		shorter = mem_format("%s%s", base_name(path) > path ? ellipsis : "",
				     base_name(path) - (base_name(path) > path));
	free(path);
	return shorter;
}

/* "evict (broken.c:38)"; NULL for a frame without a name. */
static char *frame_text(const struct page *page, const struct frame *frame)
{
	char *name = frame_name(frame);

	if (!name || !frame->file || !frame->own)
		return name;
	char *where = place_for_people(page, frame->file, frame->line);
	where = squeezed(page, where, page->style.width - CALLED_FROM - columns_of(name) - 3);
	char *text = mem_format("%s (%s)", name, where);
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
		char *line = mem_format("called from %s", caller);
		print_wrapped(page->out, page->style, 6, line);
		free(line);
		free(caller);
	}
}

/* True when an earlier stack of the finding has its excerpt from the same line. */
static bool excerpt_shown(const struct finding *finding, size_t index, const struct frame *frame)
{
	for (size_t i = 0; i < index; i++) {
		const struct frame *other = stack_place(&finding->stacks[i]);
		if (other && other->file && frame->file && other->line == frame->line &&
		    strcmp(other->file, frame->file) == 0)
			return true;
	}
	return false;
}

static const char segment_start[] = "The other access comes after this", segment_end[] = "and before this";

/* DRD brackets the other access by two moments of its thread. Outside the program's own code they say nothing. */
static bool is_vague(const struct stack *stack)
{
	struct shown shown = stack_shown(stack);
	bool vague = shown.count == 0 && stack->role &&
		     (strcmp(stack->role, segment_start) == 0 || strcmp(stack->role, segment_end) == 0);

	free(shown.items);
	return vague;
}

/* "and before this" goes on with a sentence that may not be there: then it would make the access of what comes after it. */
static const char *role_of(const struct finding *finding, size_t index)
{
	const char *role = finding->stacks[index].role, *before = index ? finding->stacks[index - 1].role : NULL;
	bool goes_on = before && strcmp(before, segment_start) == 0 && !is_vague(&finding->stacks[index - 1]) &&
		       !stack_repeats(finding, index - 1);

	if (!role || !*role)
		return index == 0 ? finding->words : NULL;
	return strcmp(role, segment_end) == 0 && !goes_on ? "The other access comes before this" : role;
}

void print_finding_stack(const struct page *page, const struct finding *finding, size_t index)
{
	const struct stack *stack = &finding->stacks[index];
	const char *role = role_of(finding, index);
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

char *finding_subject(const struct finding *finding)
{
	size_t length;
	const char *name = quoted_name(finding->words, &length);

	for (size_t i = 0; i < finding->stack_count && !length; i++)
		name = quoted_name(finding->stacks[i].role, &length);
	return length ? mem_format(" on '%.*s'", (int)length, name) : mem_copy("");
}

/* "bank.c:22, on 'last':  last = (long)arg;" */
static void print_line_of(const struct page *page, const struct finding *finding)
{
	char *where =
		finding->file ? place_for_people(page, finding->file, finding->line) : mem_copy(finding->function);
	char *about = finding_subject(finding),
	     *source = finding->file ? source_line(finding->file, finding->line) : NULL;
	const char *statement = source ? source + strspn(source, " \t") : "";
	char *line = mem_format("%s%s%s%s%s", where, *about ? "," : "", about, *statement ? ":  " : "", statement);

	fputs("    ", page->out);
	report_cut(page->out, page->style, line, page->style.width - 4);
	putc('\n', page->out);
	free(line);
	free(source);
	free(about);
	free(where);
}

/* --- what has been told --- */

static bool is_told(const struct page *page, size_t index)
{
	return page->told && page->told->groups_told[page->told->groups->of[page->index][index]];
}

static void mark_told(const struct page *page, size_t index)
{
	if (page->told)
		page->told->groups_told[page->told->groups->of[page->index][index]] = true;
}

static bool is_alike(const struct finding *one, const struct finding *other)
{
	return strcmp(one->kind, other->kind) == 0 && strcmp(one->function, other->function) == 0;
}

/* The first finding of the same kind and function that is news; the number of findings when there is none. */
static size_t first_untold(const struct page *page, size_t index)
{
	const struct findings *all = &page->result->seen.findings;
	size_t i = index;

	while (i < all->count && (is_told(page, i) || !is_alike(&all->items[index], &all->items[i])))
		i++;
	return i;
}

/* Those that are like this one, a line for each: to fix the first one alone does not fix all. */
static void print_further(const struct page *page, size_t index)
{
	const struct findings *all = &page->result->seen.findings;
	const struct finding *finding = &all->items[index];
	size_t count = 0;

	for (size_t i = index + 1; i < all->count; i++) {
		if (!is_alike(finding, &all->items[i]) || is_told(page, i))
			continue;
		if (count == 0)
			fprintf(page->out, "  More of this kind in %s:\n", finding->function);
		if (count++ < FURTHER_SHOWN)
			print_line_of(page, &all->items[i]);
		mark_told(page, i);
	}
	if (count > FURTHER_SHOWN)
		fprintf(page->out, "    and %zu more\n", count - FURTHER_SHOWN);
}

/* "Helgrind reports it as Race in evict, DRD as ConflictingAccess in evict." */
static void print_other_names(const struct page *page, size_t index)
{
	const struct groups *groups = page->told ? page->told->groups : NULL;
	size_t group = groups ? groups->of[page->index][index] : 0, named = 0;
	struct text text;
	FILE *out = text_open(&text);

	for (size_t i = 0; groups && i < groups->results->count; i++) {
		const struct findings *all = &groups->results->items[i].seen.findings;
		size_t j = 0;
		while (j < all->count && groups->of[i][j] != group)
			j++;
		if (i == page->index || j == all->count)
			continue;
		fprintf(out, "%s%s %sas %s in %s", named ? ", " : "", title_of(groups->results->items[i].detector),
			named ? "" : "reports it ", all->items[j].kind, all->items[j].function);
		named++;
	}
	char *sentence = text_close(&text);
	if (named) {
		char *line = mem_format("%s.", sentence);
		print_wrapped(page->out, page->style, 2, line);
		free(line);
	}
	free(sentence);
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

/* "data-race in evict (cache.c:40)"; for the caller to free. */
static char *title(const struct page *page, const struct finding *finding)
{
	char *what = mem_format("%s in %s", finding->kind, finding->function), *all;

	if (!finding->file)
		return what;
	char *where = place_for_people(page, finding->file, finding->line);
	where = squeezed(page, where, page->style.width - columns_of(what) - 3);
	all = mem_format("%s (%s)", what, where);
	free(where);
	free(what);
	return all;
}

/* Where there never was a block, nobody asks who frees it. */
static const struct kind *kind_of(const struct page *page, const struct finding *finding)
{
	static const struct kind at_null = {
		"", NULL,
		"Memory is used where a null pointer points, or a field of what it does not point to: nothing is there.",
		"where this pointer is set, and where to null. Which thread does that, and what makes this one wait for it?"};

	return is_at_null(finding) ? &at_null : detector_kind(page->result->detector, finding->kind);
}

void print_finding(const struct page *page, size_t index)
{
	const struct finding *finding = &page->result->seen.findings.items[index];
	const struct kind *kind = kind_of(page, finding);
	char *headline = title(page, finding);

	fprintf(page->out, "\n%s", ink(page->style, INK_STRONG));
	print_wrapped(page->out, page->style, 0, headline);
	fputs(ink(page->style, INK_OFF), page->out);
	if (kind && kind->meaning)
		print_wrapped(page->out, page->style, 2, kind->meaning);
	print_words(page, finding);
	print_doubts(page, finding);
	for (size_t i = 0; i < finding->stack_count; i++)
		if (!stack_repeats(finding, i) && !is_vague(&finding->stacks[i]))
			print_finding_stack(page, finding, i);
	print_other_names(page, index);
	mark_told(page, index);
	print_further(page, index);
	free(headline);
}

static const char *advice_for(const struct page *page, const struct finding *finding)
{
	const struct kind *kind = kind_of(page, finding);

	return kind ? kind->advice : NULL;
}

/* Whether a later finding that will be told has this advice too. */
static bool comes_again(const struct page *page, size_t index, const char *advice)
{
	const struct findings *all = &page->result->seen.findings;

	for (size_t i = index + 1; i < all->count; i++) {
		const char *later = finding_repeats(all, i) || first_untold(page, i) == all->count
					    ? NULL
					    : advice_for(page, &all->items[i]);
		if (later && strcmp(advice, later) == 0)
			return true;
	}
	return false;
}

void print_advice(const struct page *page, const struct finding *finding)
{
	const char *advice = advice_for(page, finding);

	if (!advice || (page->told && page->told->advice && strcmp(page->told->advice, advice) == 0))
		return;
	if (page->told)
		page->told->advice = advice;
	char *text = mem_format("Look at: %s", advice);
	print_wrapped(page->out, page->style, 0, text);
	free(text);
}

/* One that has been told, by another detector or first of all. */
static void print_again(const struct page *page, size_t index)
{
	char *name = title(page, &page->result->seen.findings.items[index]);
	char *line = mem_format("%s, see above", name);

	print_wrapped(page->out, page->style, 2, line);
	free(line);
	free(name);
}

bool print_findings(const struct page *page)
{
	const struct findings *all = &page->result->seen.findings;
	bool news = false;

	for (size_t i = 0; i < all->count; i++)
		if (!finding_repeats(all, i) && first_untold(page, i) == all->count)
			print_again(page, i);
	for (size_t i = 0; i < all->count; i++) {
		size_t untold = finding_repeats(all, i) ? all->count : first_untold(page, i);
		if (untold == all->count)
			continue;
		news = true;
		print_finding(page, untold);
		/* Once for each kind, after the last finding of it. */
		const char *advice = advice_for(page, &all->items[i]);
		if (advice && !comes_again(page, i, advice))
			print_advice(page, &all->items[i]);
	}
	return news;
}
