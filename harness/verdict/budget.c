/* Bounds against figures. See budget.h. */
#include "budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const char *const op_signs[] = {"<=", "<", ">=", ">", "==", "!="};

char *budget_both(const char *one, const char *other)
{
	if (!one || !other)
		return one || other ? mem_copy(one ? one : other) : NULL;
	return mem_format("%s, %s", one, other);
}

bool budget_has_kind(const struct budget *budget, const char *kind)
{
	for (size_t i = 0; i < budget->count; i++)
		if (strcmp(budget->bounds[i].kind, kind) == 0)
			return true;
	return false;
}

/* What is of the whole run, or of its end, is judged from the figures; all else only the monitor can see. */
static bool is_for_monitor(const struct bound *bound)
{
	return bound->figure && !bound->at_exit && strcmp(bound->figure, "cpu") != 0;
}

char *budget_for_monitor(const struct budget *budget)
{
	struct text text;
	FILE *out = text_open(&text);
	const char *between = "";

	for (size_t i = 0; i < budget->count; i++) {
		const struct bound *bound = &budget->bounds[i];
		if (bound->signal)
			fprintf(out, "%s%zu stop %d", between, i, bound->signal);
		else if (is_for_monitor(bound))
			fprintf(out, "%s%zu %s %s %lld", between, i, bound->figure, op_signs[bound->op],
				bound->constant);
		else
			continue;
		for (size_t j = 0; j < bound->term_count; j++)
			fprintf(out, " %lld %s%s", bound->terms[j].factor, bound->terms[j].figure,
				bound->terms[j].start ? ".start" : "");
		between = ";";
	}
	return text_close(&text);
}

const struct figure *figures_find(const struct figures *figures, const char *name)
{
	for (size_t i = 0; i < figures->count; i++)
		if (strcmp(figures->items[i].name, name) == 0)
			return &figures->items[i];
	return NULL;
}

void figures_release(struct figures *figures)
{
	for (size_t i = 0; i < figures->count; i++)
		free(figures->items[i].name);
	free(figures->items);
	*figures = (struct figures){0};
}

static bool op_holds(enum bound_op op, long long value, long long limit)
{
	switch (op) {
	case BOUND_AT_MOST:
		return value <= limit;
	case BOUND_BELOW:
		return value < limit;
	case BOUND_AT_LEAST:
		return value >= limit;
	case BOUND_ABOVE:
		return value > limit;
	case BOUND_EQUAL:
		return value == limit;
	default:
		return value != limit;
	}
}

static struct bound_outcome judged(const struct bound *bound, long long value, long long limit)
{
	enum bound_state state = op_holds(bound->op, value, limit) ? BOUND_HOLDS : BOUND_BROKEN;

	return (struct bound_outcome){.state = state, .value = value, .limit = limit};
}

static struct bound_outcome check_stop(const struct bound *bound, const struct figures *figures)
{
	if (figures->stop_us < 0)
		return (struct bound_outcome){.state = BOUND_UNKNOWN};
	bool late = figures->stop_us > bound->constant;
	return (struct bound_outcome){late ? BOUND_BROKEN : BOUND_HOLDS, figures->stop_us, bound->constant, NULL};
}

static struct bound_outcome check_cpu(const struct bound *bound, const struct figure *cpu,
				      const struct figures *figures)
{
	long long wall = figures->wall_us > 0 ? figures->wall_us : 1;

	/* Rounded up: 20.1 % is more than 20. */
	return judged(bound, bound->unit == UNIT_PERCENT ? (cpu->last * 100 + wall - 1) / wall : cpu->last,
		      bound->constant);
}

struct bound_outcome bound_check(const struct bound *bound, const struct figures *figures)
{
	long long limit = bound->constant;
	bool moves = false;

	if (bound->signal)
		return check_stop(bound, figures);
	const struct figure *left = figures_find(figures, bound->figure);
	if (!left)
		return (struct bound_outcome){.state = BOUND_UNKNOWN, .missing = bound->figure};
	if (strcmp(bound->figure, "cpu") == 0)
		return check_cpu(bound, left, figures);
	for (size_t i = 0; i < bound->term_count; i++) {
		const struct figure *figure = figures_find(figures, bound->terms[i].figure);
		if (!figure)
			return (struct bound_outcome){.state = BOUND_UNKNOWN, .missing = bound->terms[i].figure};
		moves = moves || !bound->terms[i].start;
		limit += bound->terms[i].factor * (bound->terms[i].start ? figure->start : figure->at_exit);
	}
	if (bound->at_exit)
		return judged(bound, left->at_exit, limit);
	if (moves || bound->op == BOUND_AT_LEAST || bound->op == BOUND_ABOVE)
		return (struct bound_outcome){.state = BOUND_HOLDS, .value = left->peak, .limit = limit};
	return judged(bound, left->peak, limit);
}

char *bound_amount(const struct bound *bound, long long value)
{
	static const char *const bytes[] = {"B", "KiB", "MiB", "GiB"};
	double amount = (double)value;
	size_t unit = 0;

	if (bound->unit == UNIT_PERCENT)
		return mem_format("%lld %%", value);
	if (bound->unit == UNIT_TIME)
		return value < 10000000 ? mem_format("%lld ms", (value + 500) / 1000)
					: mem_format("%.1f s", amount / 1e6);
	if (bound->unit == UNIT_NONE)
		return mem_format("%lld", value);
	while (unit < 3 && (amount >= 1024 || amount <= -1024)) {
		amount /= 1024;
		unit++;
	}
	return mem_format(unit ? "%.1f %s" : "%.0f %s", amount, bytes[unit]);
}
