/*
 * Which frames of a stack a reader is shown. The program's own, and above each
 * the one function of a library that it calls there. What lies further inside
 * a library differs from release to release, and an unwinder may even miss the
 * function that was called; so its name counts when the own line mentions it.
 */
#include "parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char *frame_name(const struct frame *frame)
{
	static const char wrapper[] = "__interceptor_", worker[] = "_WRK";
	const char *name = frame->function, *wrapped = strstr(name, wrapper);

	if (!*name || *name == '?')
		return NULL;
	if (wrapped && strspn(name, "_") >= (size_t)(wrapped - name))
		name = wrapped + strlen(wrapper);
	size_t length = strcspn(name, "@");
	if (length > strlen(worker) && strncmp(name + length - strlen(worker), worker, strlen(worker)) == 0)
		length -= strlen(worker);
	return mem_copy_n(name, length);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool mentions(const char *line, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = line; (at = strstr(at, name)); at++)
		if (!is_word(at[length]) && (at == line || !is_word(at[-1])))
			return true;
	return false;
}

/* The frame above the own one at `own` that is the function called there; NULL when there is none. */
static const struct frame *callee(const struct stack *stack, size_t own)
{
	const struct frame *caller = &stack->frames[own], *found = NULL;
	char *line = own && caller->file ? source_line(caller->file, caller->line) : NULL;

	for (size_t i = own; i > 0 && !stack->frames[i - 1].own && !found; i--) {
		char *name = frame_name(&stack->frames[i - 1]);
		/* Without the source the outermost is the best guess. */
		if (name && (!line || mentions(line, name)))
			found = &stack->frames[i - 1];
		free(name);
	}
	free(line);
	return found;
}

static void add(struct shown *shown, const struct frame *frame)
{
	shown->items = mem_resize(shown->items, shown->count + 1, sizeof *shown->items);
	shown->items[shown->count++] = frame;
}

struct shown stack_shown(const struct stack *stack)
{
	struct shown shown = {0};

	for (size_t i = 0; i < stack->count; i++) {
		if (!stack->frames[i].own || *stack->frames[i].function == '?')
			continue;
		const struct frame *called = callee(stack, i);
		if (called)
			add(&shown, called);
		add(&shown, &stack->frames[i]);
	}
	return shown;
}

static bool frames_same(const struct frame *a, const struct frame *b)
{
	char *left = frame_name(a), *right = frame_name(b);
	bool same = left && right && strcmp(left, right) == 0 && a->own == b->own && (!a->own || a->line == b->line);

	free(left);
	free(right);
	return same;
}

static bool stacks_same(const struct stack *a, const struct stack *b)
{
	struct shown left = stack_shown(a), right = stack_shown(b);
	bool same = left.count == right.count && strcmp(a->role ? a->role : "", b->role ? b->role : "") == 0;

	for (size_t i = 0; same && i < left.count; i++)
		same = frames_same(left.items[i], right.items[i]);
	free(left.items);
	free(right.items);
	return same;
}

bool stack_repeats(const struct finding *finding, size_t index)
{
	const char *role = finding->stacks[index].role;

	/* "100 started" of one place and of another are two hundred. */
	if (role && isdigit((unsigned char)*role))
		return false;
	for (size_t i = 0; i < index; i++)
		if (stacks_same(&finding->stacks[i], &finding->stacks[index]))
			return true;
	return false;
}
