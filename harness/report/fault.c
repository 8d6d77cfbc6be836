/* What is wrong, in words without the detectors: what each of two threads does with the same memory, or which bound breaks. */
#include "sentence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

enum verb { DOES_NOTHING, READS, WRITES, FREES };

struct act {
	char *who; /* "main thread", "thread reader", "evict()" */
	enum verb verb;
};

static const char *const verbs[] = {[READS] = "reads", [WRITES] = "writes", [FREES] = "frees"};

static bool calls_free(const struct stack *stack)
{
	struct shown shown = stack_shown(stack);
	char *name = shown.count && !shown.items[0]->own ? frame_name(shown.items[0]) : NULL;
	bool is_free = name && (strcmp(name, "free") == 0 || strcmp(name, "realloc") == 0);

	free(name);
	free(shown.items);
	return is_free;
}

static bool mentions(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

static enum verb verb_of(const struct stack *stack)
{
	char *role = mem_copy(stack->role ? stack->role : "");
	enum verb verb = DOES_NOTHING;

	for (char *at = role; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	if (mentions(role, "free'd") || mentions(role, "freed by") || calls_free(stack))
		verb = FREES;
	else if (mentions(role, "write of") || mentions(role, "write by") || mentions(role, "store by"))
		verb = WRITES;
	else if (mentions(role, "read of") || mentions(role, "read by") || mentions(role, "load by"))
		verb = READS;
	free(role);
	return verb;
}

/* "thread evict_loop" of "Read of size 4 by thread evict_loop"; else the function of the access. For the caller to free. */
static char *who_of(const struct stack *stack)
{
	const char *by = stack->role ? strstr(stack->role, " by ") : NULL;
	const struct frame *place = stack_place(stack);

	if (by && (strstr(by, "thread"))) {
		by += strlen(" by ");
		size_t length = strcspn(by, ":.,");
		const char *size = strstr(by, " size ");
		if (size && (size_t)(size - by) < length)
			length = (size_t)(size - by);
		return mem_copy_n(by, length);
	}
	return place ? mem_format("%s()", place->function) : NULL;
}

static bool act_of(const struct stack *stack, struct act *act)
{
	*act = (struct act){.verb = verb_of(stack)};
	if (act->verb != DOES_NOTHING)
		act->who = who_of(stack);
	return act->who != NULL;
}

/* The two acts that meet; the second has no verb when the detector does not know it. */
static bool acts_of(const struct finding *finding, struct act acts[2])
{
	acts[0] = acts[1] = (struct act){0};
	for (size_t i = 0, found = 0; i < finding->stack_count && found < 2; i++)
		if (stack_is_of_fault(finding, i) && act_of(&finding->stacks[i], &acts[found]))
			found++;
	return acts[0].who;
}

/* ": main thread frees what thread reader still reads"; for the caller to free. */
static char *meeting(const struct finding *finding, const struct act acts[2])
{
	const struct act *one = &acts[0], *other = &acts[1];
	char *about = finding_subject(finding), *words;

	if (!other->who)
		words = mem_format("%s: %s %s what another thread %s, and nothing orders the two", about, one->who,
				   verbs[one->verb], one->verb == WRITES ? "uses" : "changes");
	else if (one->verb == FREES || other->verb == FREES)
		words = mem_format("%s: %s frees what %s still %s", about, one->verb == FREES ? one->who : other->who,
				   one->verb == FREES ? other->who : one->who,
				   verbs[one->verb == FREES ? other->verb : one->verb]);
	else if (*about)
		words = mem_format("%s: %s %s it, %s %s it, and nothing orders the two", about, one->who,
				   verbs[one->verb], other->who, verbs[other->verb]);
	else
		words = mem_format(": %s %s what %s %s, and nothing orders the two", one->who, verbs[one->verb],
				   other->who, verbs[other->verb]);
	free(about);
	return words;
}

static bool frees(const struct act acts[2])
{
	return acts[0].verb == FREES || acts[1].verb == FREES;
}

/* "'threads <= 20' does not hold: 21 against 20": "The budget does not hold: 'threads <= 20', with 21 against 20". */
static char *broken_bound(const struct finding *finding)
{
	static const char mark[] = " does not hold: ";
	const char *at = finding->words ? strstr(finding->words, mark) : NULL;

	if (!at)
		return mem_format("The budget does not hold: %s", finding->words ? finding->words : finding->kind);
	return mem_format("The budget does not hold: %.*s, with %s", (int)(at - finding->words), finding->words,
			  at + strlen(mark));
}

static const char *noun_of(const struct finding *finding)
{
	const char *noun = sort_of(finding->kind)->noun;

	if (is_at_null(finding))
		return strstr(finding->kind, "Jump")	? "A call through a null pointer"
		       : strstr(finding->kind, "Write") ? "A write through a null pointer"
							: "A read through a null pointer";
	return noun ? noun : finding->kind;
}

char *fault_words(const struct page *page, const struct finding *finding)
{
	const struct sort *sort = sort_of(finding->kind);
	struct act acts[2];
	char *words;

	if (page->result->detector->bounded)
		return broken_bound(finding);
	bool met = sort->family == FAMILY_ACCESS && acts_of(finding, acts);
	if (met && (acts[1].who || page->result->detector->races)) {
		bool freed = frees(acts) && !page->result->detector->races;
		char *how = meeting(finding, acts);
		words = mem_format("%s%s", freed ? "A use of freed memory" : sort->noun, how);
		free(how);
	} else {
		char *where = finding->file ? place_for_people(page, finding->file, finding->line) : NULL;
		words = mem_format("%s, in %s%s%s%s", noun_of(finding), finding->function, where ? " (" : "",
				   where ? where : "", where ? ")" : "");
		free(where);
	}
	if (met) {
		free(acts[0].who);
		free(acts[1].who);
	}
	return words;
}
