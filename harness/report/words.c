/*
 * The findings in the detector's own words, for the book. The same program
 * gives the same text in every run and on every release: findings are sorted
 * and told once per kind and function, and what differs is left out.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/detector.h"

/* "#1 cache_free broken.c:67" as ThreadSanitizer writes it, "by cache_free (broken.c:67)" as Valgrind does. */
static void print_frame(FILE *out, const struct frame *frame, bool sanitizer, int number)
{
	char *name = frame_name(frame);

	if (!name)
		return;
	if (sanitizer)
		fprintf(out, "    #%d %s", number, name);
	else
		fprintf(out, "   %s %s", number ? "by" : "at", name);
	if (frame->own && frame->file) {
		fprintf(out, sanitizer ? " %s" : " (%s", base_name(frame->file));
		if (frame->line)
			fprintf(out, ":%d", frame->line);
		if (!sanitizer)
			putc(')', out);
	}
	putc('\n', out);
	free(name);
}

/* Where in one of its own objects the C library makes a system call differs from release to release. */
static char *without_offset(const char *role)
{
	static const char before[] = "Address is ", after[] = " bytes inside";
	char *text = mem_copy(role), *number = text + strlen(before);

	if (strncmp(text, before, strlen(before)) == 0) {
		size_t digits = strspn(number, "0123456789,");
		if (digits && strncmp(number + digits, after, strlen(after)) == 0) {
			char *rest = number + digits + strlen(" bytes ");
			memmove(number, rest, strlen(rest) + 1);
		}
	}
	return text;
}

static void print_role(FILE *out, const struct finding *finding, const char *role, bool sanitizer)
{
	char *text = strcmp(finding->kind, "SyscallParam") == 0 ? without_offset(role) : mem_copy(role);
	bool colon = sanitizer && text[strlen(text) - 1] != ':';

	fprintf(out, "%s%s%s\n", sanitizer ? "  " : " ", text, colon ? ":" : "");
	free(text);
}

static void print_stack(FILE *out, const struct stack *stack, bool sanitizer)
{
	struct shown shown = stack_shown(stack);

	for (size_t i = 0; i < shown.count; i++)
		print_frame(out, shown.items[i], sanitizer, (int)i);
	free(shown.items);
}

/*
 * DRD says between which two calls of the other thread its access came. Which
 * calls those are depends on how far that thread had come: no two runs agree.
 */
static bool is_segment(const struct stack *stack)
{
	return stack->role && (strcmp(stack->role, "The other access comes after this") == 0 ||
			       strcmp(stack->role, "and before this") == 0);
}

/*
 * What the leak budget measured by the clock, " after 14 ms", is another number
 * in each run; so is a value with a unit, of memory or CPU time.
 */
static char *timeless(const char *words)
{
	static const char verdict[] = " does not hold: ";
	char *text = mem_copy(words), *at = text, *value = strstr(text, verdict);

	if (value) {
		char *unit = value + strlen(verdict);
		unit += strspn(unit, "-0123456789.");
		if (strncmp(unit, " against ", 9) != 0)
			strcpy(value, " does not hold");
	}
	while ((at = strstr(at, " after "))) {
		size_t digits = strspn(at + 7, "0123456789");
		size_t length = 7 + digits + strlen(" ms");
		if (!digits || strncmp(at + 7 + digits, " ms", 3) != 0) {
			at++;
			continue;
		}
		if (at > text && at[-1] == ',') {
			at--;
			length++;
		}
		memmove(at, at + length, strlen(at + length) + 1);
	}
	return text;
}

/* The finding as text, for the caller to free. */
static char *told(const struct finding *finding, bool sanitizer)
{
	static const char banner[] = "WARNING: ThreadSanitizer: ";
	char *words = timeless(finding->words && *finding->words ? finding->words : finding->kind);
	struct text text;
	FILE *out = text_open(&text);

	fprintf(out, "%s%s\n", sanitizer && strncmp(words, "WARNING", 7) != 0 ? banner : "", words);
	for (size_t i = 0; i < finding->stack_count; i++) {
		const char *role = finding->stacks[i].role;
		if (is_segment(&finding->stacks[i]) || stack_repeats(finding, i))
			continue;
		if (role && *role && strcmp(role, words) != 0)
			print_role(out, finding, role, sanitizer);
		print_stack(out, &finding->stacks[i], sanitizer);
	}
	free(words);
	return text_close(&text);
}

struct telling {
	const struct finding *finding;
	char *text;
};

static int by_place(const void *left, const void *right)
{
	const struct telling *a = left, *b = right;
	int order = (a->finding->line > b->finding->line) - (a->finding->line < b->finding->line);

	if (order == 0)
		order = strcmp(a->finding->kind, b->finding->kind);
	return order ? order : strcmp(a->text, b->text);
}

static bool told_before(const struct telling *tellings, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(tellings[i].finding->kind, tellings[index].finding->kind) == 0 &&
		    strcmp(tellings[i].finding->function, tellings[index].finding->function) == 0)
			return true;
	return false;
}

static void print_tests(FILE *out, const struct observation *seen)
{
	if (seen->failed)
		fprintf(out, "these tests fail: %s\n", seen->failed);
	else
		fprintf(out, "all tests pass\n");
}

/* Never "(silent)": a run that cannot be judged has said nothing, which is something else. */
static const char *why_error(const struct result *result)
{
	if (result->seen.why)
		return result->seen.why;
	return result->verdict.why ? result->verdict.why : "(cannot be judged)";
}

void report_words(FILE *out, const struct result *result)
{
	const struct findings *all = &result->seen.findings;
	bool sanitizer = result->detector->sanitizer;

	if (result->verdict.observed == OBSERVED_ERROR || result->verdict.observed == OBSERVED_CUT)
		print_lines(out, 0, why_error(result));
	else if (result_is_test(result))
		print_tests(out, &result->seen);
	else if (all->count == 0)
		fprintf(out, "(silent)\n");
	struct telling *tellings = mem_zeroed(all->count, sizeof *tellings);
	for (size_t i = 0; i < all->count; i++)
		tellings[i] = (struct telling){&all->items[i], told(&all->items[i], sanitizer)};
	qsort(tellings, all->count, sizeof *tellings, by_place);
	for (size_t i = 0; i < all->count; i++)
		if (!told_before(tellings, i))
			fprintf(out, "%s%s", i ? "\n" : "", tellings[i].text);
	for (size_t i = 0; i < all->count; i++)
		free(tellings[i].text);
	free(tellings);
}
