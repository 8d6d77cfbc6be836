/* Findings: building them, and keeping them as JSON. See finding.h. */
#include "finding.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct finding *findings_add(struct findings *all, const char *kind)
{
	all->items = mem_resize(all->items, all->count + 1, sizeof *all->items);
	all->items[all->count] =
		(struct finding){.kind = mem_copy(kind), .function = mem_copy("?"), .words = mem_copy("")};
	return &all->items[all->count++];
}

struct stack *finding_add_stack(struct finding *finding, const char *role)
{
	finding->stacks = mem_resize(finding->stacks, finding->stack_count + 1, sizeof *finding->stacks);
	finding->stacks[finding->stack_count] = (struct stack){.role = mem_copy(role)};
	return &finding->stacks[finding->stack_count++];
}

void stack_add_frame(struct stack *stack, const char *function, const char *file, int line, bool own)
{
	stack->frames = mem_resize(stack->frames, stack->count + 1, sizeof *stack->frames);
	stack->frames[stack->count++] = (struct frame){
		.function = mem_copy(function), .file = file ? mem_copy(file) : NULL, .line = line, .own = own};
}

static const struct frame *first_own_frame(const struct finding *finding)
{
	for (size_t i = 0; i < finding->stack_count; i++)
		for (size_t j = 0; j < finding->stacks[i].count; j++)
			if (finding->stacks[i].frames[j].own)
				return &finding->stacks[i].frames[j];
	return NULL;
}

void finding_place(struct finding *finding)
{
	const struct frame *frame = first_own_frame(finding);

	free(finding->function);
	free(finding->file);
	finding->function = mem_copy(frame ? frame->function : "?");
	finding->file = frame && frame->file ? mem_copy(frame->file) : NULL;
	finding->line = frame ? frame->line : 0;
}

void stack_release(struct stack *stack)
{
	for (size_t i = 0; i < stack->count; i++) {
		free(stack->frames[i].function);
		free(stack->frames[i].file);
	}
	free(stack->frames);
	free(stack->role);
}

static void finding_release(struct finding *finding)
{
	for (size_t i = 0; i < finding->stack_count; i++)
		stack_release(&finding->stacks[i]);
	free(finding->stacks);
	free(finding->kind);
	free(finding->function);
	free(finding->file);
	free(finding->words);
}

static bool same_place(const struct finding *one, const struct finding *other)
{
	return one->line == other->line && strcmp(one->kind, other->kind) == 0 &&
	       strcmp(one->function, other->function) == 0 &&
	       strcmp(one->file ? one->file : "", other->file ? other->file : "") == 0;
}

void findings_merge(struct findings *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		bool known = false;
		for (size_t j = 0; j < kept; j++)
			known = known || same_place(&all->items[j], &all->items[i]);
		if (known)
			finding_release(&all->items[i]);
		else
			all->items[kept++] = all->items[i];
	}
	all->count = kept;
}

void findings_release(struct findings *all)
{
	for (size_t i = 0; i < all->count; i++)
		finding_release(&all->items[i]);
	free(all->items);
	*all = (struct findings){0};
}

/* --- as JSON ---------------------------------------------------------------
 * Text from a detector need not be UTF-8, which is all that JSON holds; what is
 * not becomes "?" rather than a hole in the cache.
 */

static json_t *text_to_json(const char *text)
{
	json_t *value = json_string(text);

	if (value)
		return value;
	char *plain = mem_copy(text);
	for (char *at = plain; *at; at++)
		if ((unsigned char)*at >= 0x80)
			*at = '?';
	value = json_string(plain);
	free(plain);
	return value;
}

static json_t *stack_to_json(const struct stack *stack)
{
	json_t *frames = json_array();

	for (size_t i = 0; i < stack->count; i++) {
		const struct frame *frame = &stack->frames[i];
		json_t *item = json_pack("{s:o, s:i, s:b}", "function", text_to_json(frame->function), "line",
					 frame->line, "own", frame->own);
		if (frame->file)
			json_object_set_new(item, "file", text_to_json(frame->file));
		json_array_append_new(frames, item);
	}
	return json_pack("{s:o, s:o}", "role", text_to_json(stack->role), "frames", frames);
}

json_t *findings_to_json(const struct findings *all)
{
	json_t *array = json_array();

	for (size_t i = 0; i < all->count; i++) {
		const struct finding *finding = &all->items[i];
		json_t *stacks = json_array();
		for (size_t j = 0; j < finding->stack_count; j++)
			json_array_append_new(stacks, stack_to_json(&finding->stacks[j]));
		json_t *item = json_pack("{s:o, s:o, s:i, s:o, s:o}", "kind", text_to_json(finding->kind), "function",
					 text_to_json(finding->function), "line", finding->line, "words",
					 text_to_json(finding->words), "stacks", stacks);
		if (finding->file)
			json_object_set_new(item, "file", text_to_json(finding->file));
		json_array_append_new(array, item);
	}
	return array;
}

/* Line numbers are small; a number that an int cannot hold was not written by us. */
static bool line_is_good(json_int_t line)
{
	return line >= 0 && line <= INT_MAX;
}

static bool frame_from_json(json_t *item, struct stack *stack)
{
	const char *function, *file = NULL;
	json_int_t line;
	int own;

	if (json_unpack(item, "{s:s, s:I, s:b, s?s}", "function", &function, "line", &line, "own", &own, "file",
			&file) != 0 ||
	    !line_is_good(line))
		return false;
	stack_add_frame(stack, function, file, (int)line, own);
	return true;
}

static bool stack_from_json(json_t *item, struct finding *finding)
{
	const char *role;
	json_t *frames, *frame;
	size_t i;

	if (json_unpack(item, "{s:s, s:o}", "role", &role, "frames", &frames) != 0 || !json_is_array(frames))
		return false;
	struct stack *stack = finding_add_stack(finding, role);
	json_array_foreach(frames, i, frame)
		if (!frame_from_json(frame, stack))
			return false;
	return true;
}

static bool finding_from_json(json_t *item, struct findings *all)
{
	const char *kind, *function, *words, *file = NULL;
	json_t *stacks, *stack;
	json_int_t line;
	size_t i;

	if (json_unpack(item, "{s:s, s:s, s:I, s:s, s:o, s?s}", "kind", &kind, "function", &function, "line", &line,
			"words", &words, "stacks", &stacks, "file", &file) != 0 ||
	    !json_is_array(stacks) || !line_is_good(line))
		return false;
	struct finding *finding = findings_add(all, kind);
	free(finding->function);
	free(finding->words);
	finding->function = mem_copy(function);
	finding->words = mem_copy(words);
	finding->file = file ? mem_copy(file) : NULL;
	finding->line = (int)line;
	json_array_foreach(stacks, i, stack)
		if (!stack_from_json(stack, finding))
			return false;
	return true;
}

bool findings_from_json(const json_t *array, struct findings *all)
{
	json_t *item;
	size_t i;

	*all = (struct findings){0};
	if (!json_is_array(array))
		return false;
	json_array_foreach(array, i, item)
		if (!finding_from_json(item, all)) {
			findings_release(all);
			return false;
		}
	return true;
}
