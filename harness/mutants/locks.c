/* Operators on locks: not taken, taken on one side, or another than the others take. */
#include "made.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MOST_USES = 64 };

/* A call with a lock as an argument, as a statement: taking or giving back. Or a wait, wherever it stands. */
struct use {
	size_t at;	    /* the call's name */
	size_t first, last; /* the argument */
	size_t name;	    /* its last word: "lock" of "&toll.lock" */
	const struct statement *statement;
	const struct function *function;
	enum { TAKES, GIVES_BACK, WAITS } what;
	int group; /* of uses in one function that belong together, by number; -1: a wait */
};

struct uses {
	struct use items[MOST_USES];
	size_t count;
	int groups;
};

static bool same_text(const struct tokens *tokens, size_t a, size_t a_last, size_t b, size_t b_last)
{
	const struct token *items = tokens->items;
	size_t length = items[a_last].end - items[a].start;

	return length == items[b_last].end - items[b].start &&
	       memcmp(tokens->source + items[a].start, tokens->source + items[b].start, length) == 0;
}

static bool same_name(const struct tokens *tokens, const struct use *a, const struct use *b)
{
	return same_text(tokens, a->name, a->name, b->name, b->name);
}

/* The same lock in the same function. */
static bool same_lock(const struct tokens *tokens, const struct use *a, const struct use *b)
{
	return a->function == b->function && same_text(tokens, a->first, a->last, b->first, b->last);
}

static bool read_use(const struct tokens *tokens, size_t at, struct use *use)
{
	static const char *const takes[] = {"pthread_mutex_lock", NULL},
				 *const gives_back[] = {"pthread_mutex_unlock", NULL},
				 *const waits[] = {"pthread_cond_wait", "deadline_cond_wait", NULL};
	bool waiting = made_is_call(tokens, at, waits);

	if (!waiting && !made_is_call(tokens, at, takes) && !made_is_call(tokens, at, gives_back))
		return false;
	*use = (struct use){.at = at, .function = tokens_function(tokens, at), .group = -1};
	use->what = waiting ? WAITS : made_is_call(tokens, at, takes) ? TAKES : GIVES_BACK;
	use->statement = waiting ? tokens_statement(tokens, at) : made_step(tokens, at);
	if (!use->statement || !tokens_argument(tokens, at + 1, waiting ? 1 : 0, &use->first, &use->last))
		return false;
	use->name = use->last;
	return tokens->items[use->name].kind == TOKEN_WORD;
}

/* The last that gives back what this one takes, before it is taken again; NO_TOKEN when none does. */
static size_t last_of_pair(const struct tokens *tokens, const struct uses *all, size_t takes)
{
	size_t last = NO_TOKEN;

	for (size_t i = takes + 1; i < all->count; i++) {
		if (!same_lock(tokens, &all->items[takes], &all->items[i]) || all->items[i].what == WAITS)
			continue;
		if (all->items[i].what == TAKES)
			break;
		last = i;
	}
	return last;
}

/* A lock that is given back and taken again in a loop makes no pairs: then all of its uses in the function are one group. */
static bool is_paired(const struct tokens *tokens, const struct uses *all, size_t first)
{
	for (size_t i = first; i < all->count; i++) {
		const struct use *use = &all->items[i];
		if (use->what != TAKES || !same_lock(tokens, &all->items[first], use))
			continue;
		size_t last = last_of_pair(tokens, all, i);
		if (last == NO_TOKEN || all->items[last].statement->parent != use->statement->parent)
			return false;
	}
	return true;
}

static void group(const struct tokens *tokens, struct uses *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].group >= 0 || all->items[i].what == WAITS)
			continue;
		bool paired = is_paired(tokens, all, i);
		all->items[i].group = all->groups;
		for (size_t j = i + 1; j < all->count; j++) {
			struct use *use = &all->items[j];
			if (use->what == WAITS || !same_lock(tokens, &all->items[i], use))
				continue;
			if (paired && use->what == TAKES)
				break;
			use->group = all->groups;
		}
		all->groups++;
	}
}

static void read_uses(const struct tokens *tokens, struct uses *all)
{
	*all = (struct uses){0};
	for (size_t i = 0; i < tokens->count && all->count < MOST_USES; i++)
		all->count += read_use(tokens, i, &all->items[all->count]);
	group(tokens, all);
}

static const struct use *first_of(const struct uses *all, int group)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].group == group)
			return &all->items[i];
	return NULL;
}

/* How many groups of uses the lock of this name has. */
static int groups_of(const struct tokens *tokens, const struct uses *all, const struct use *use)
{
	int count = 0;

	for (int i = 0; i < all->groups; i++)
		count += same_name(tokens, first_of(all, i), use);
	return count;
}

/* The first use of a lock of its name. */
static bool is_first(const struct tokens *tokens, const struct uses *all, const struct use *use)
{
	for (const struct use *before = all->items; before < use; before++)
		if (same_name(tokens, before, use))
			return false;
	return true;
}

/* --- not taken --- */

static struct edit without(const struct tokens *tokens, const struct use *use)
{
	return (struct edit){tokens->items[use->statement->first].start, tokens->items[use->statement->last].end, ";"};
}

void make_one_side(struct maker *maker)
{
	struct uses all;

	read_uses(maker->tokens, &all);
	for (int i = 0; i < all.groups; i++) {
		struct edit edits[MOST_USES];
		size_t count = 0;
		for (size_t j = 0; j < all.count; j++)
			if (all.items[j].group == i)
				edits[count++] = without(maker->tokens, &all.items[j]);
		made(maker, first_of(&all, i)->at, edits, count);
	}
}

void make_no_lock(struct maker *maker)
{
	struct uses all;

	read_uses(maker->tokens, &all);
	for (size_t i = 0; i < all.count; i++) {
		struct edit edits[MOST_USES];
		size_t count = 0;
		/* With one group it is what lock on one side does. */
		if (!is_first(maker->tokens, &all, &all.items[i]) || groups_of(maker->tokens, &all, &all.items[i]) < 2)
			continue;
		for (size_t j = i; j < all.count; j++)
			if (all.items[j].what != WAITS && same_name(maker->tokens, &all.items[i], &all.items[j]))
				edits[count++] = without(maker->tokens, &all.items[j]);
		made(maker, all.items[i].at, edits, count);
	}
}

/* --- another one --- */

static const char definition[] = "static pthread_mutex_t mutant_lock = PTHREAD_MUTEX_INITIALIZER;\n";

/* Where the first function begins. */
static struct edit define(const struct tokens *tokens)
{
	size_t start = tokens->items[tokens->functions[0].first].start;

	return (struct edit){start, start, definition};
}

static struct edit instead(const struct tokens *tokens, size_t first, size_t last, const char *text)
{
	return (struct edit){tokens->items[first].start, tokens->items[last].end, text};
}

void make_two_for_one(struct maker *maker)
{
	const struct tokens *tokens = maker->tokens;
	struct uses all;

	read_uses(tokens, &all);
	for (size_t i = 0; i < all.count; i++) {
		struct edit edits[MOST_USES + 1] = {define(tokens)};
		size_t count = 1;
		bool first = all.items[i].what == TAKES && groups_of(tokens, &all, &all.items[i]) > 1;
		for (size_t j = 0; j < i; j++)
			first = first && !same_lock(tokens, &all.items[i], &all.items[j]);
		for (size_t j = i; first && j < all.count; j++)
			if (same_lock(tokens, &all.items[i], &all.items[j]))
				edits[count++] = instead(tokens, all.items[j].first, all.items[j].last, "&mutant_lock");
		if (first)
			made(maker, all.items[i].at, edits, count);
	}
}

/* What stands before the name: the object. "&toll." of "&toll.lock", "&" of "&lock". */
static bool same_object(const struct tokens *tokens, const struct use *a, const struct use *b)
{
	return a->first != a->name && b->first != b->name &&
	       same_text(tokens, a->first, a->name - 1, b->first, b->name - 1);
}

static bool share_object(const struct tokens *tokens, const struct uses *all, const struct use *a, const struct use *b)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t j = 0; j < all->count; j++)
			if (same_name(tokens, &all->items[i], a) && same_name(tokens, &all->items[j], b) &&
			    same_object(tokens, &all->items[i], &all->items[j]))
				return true;
	return false;
}

void make_one_for_two(struct maker *maker)
{
	const struct tokens *tokens = maker->tokens;
	struct uses all;

	read_uses(tokens, &all);
	for (size_t i = 0; i < all.count; i++)
		for (size_t j = i + 1; j < all.count; j++) {
			const struct use *one = &all.items[i], *two = &all.items[j];
			struct edit edits[MOST_USES];
			size_t count = 0;
			if (!is_first(tokens, &all, one) || !is_first(tokens, &all, two) ||
			    !share_object(tokens, &all, one, two))
				continue;
			char *name = tokens_text(tokens, one->name, one->name);
			for (size_t k = j; k < all.count; k++)
				if (same_name(tokens, &all.items[k], two))
					edits[count++] = instead(tokens, all.items[k].name, all.items[k].name, name);
			made(maker, two->at, edits, count);
			free(name);
		}
}

/* Of several objects: reached through a pointer or by an index. */
static bool is_one_of_many(const struct tokens *tokens, const struct use *use)
{
	for (size_t i = use->first; i < use->name; i++)
		if (token_is(tokens, i, "->") || token_is(tokens, i, "["))
			return true;
	return false;
}

void make_one_for_all(struct maker *maker)
{
	const struct tokens *tokens = maker->tokens;
	struct uses all;

	read_uses(tokens, &all);
	for (size_t i = 0; i < all.count; i++) {
		struct edit edits[MOST_USES + 1] = {define(tokens)};
		size_t count = 1;
		if (!is_first(tokens, &all, &all.items[i]) || !is_one_of_many(tokens, &all.items[i]))
			continue;
		for (size_t j = i; j < all.count; j++)
			if (same_name(tokens, &all.items[i], &all.items[j]))
				edits[count++] = instead(tokens, all.items[j].first, all.items[j].last, "&mutant_lock");
		made(maker, all.items[i].at, edits, count);
	}
}
