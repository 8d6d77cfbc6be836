/* The bounds that hold at every moment: read at the beginning, checked at every event. See monitor.h. */
#define _GNU_SOURCE /* monitor.h */
#include "monitor.h"

#include <string.h>

static long long limit_of(const struct bound *bound)
{
	long long limit = bound->constant;

	for (size_t i = 0; i < bound->term_count; i++) {
		const struct figure *figure = &state->figures[bound->terms[i].figure];
		limit += bound->terms[i].factor * (bound->terms[i].start ? figure->start : figure->now);
	}
	return limit;
}

/* By how much the bound is missed; not above zero: it holds. */
static long long excess(const struct bound *bound, long long value, long long limit)
{
	switch (bound->op) {
	case AT_MOST:
		return value - limit;
	case BELOW:
		return value - limit + 1;
	case AT_LEAST:
		return limit - value;
	default:
		return limit - value + 1;
	}
}

/* What most threads are running now; of two, what was started first. */
static uintptr_t commonest_routine(void)
{
	uintptr_t commonest = 0;
	long long most = 0;

	for (size_t i = 0; i < state->site_count; i++) {
		long long live = 0;
		for (size_t j = 0; j < state->site_count; j++)
			if (state->sites[j].routine == state->sites[i].routine)
				live += state->sites[j].now.live;
		if (live > most) {
			most = live;
			commonest = state->sites[i].routine;
		}
	}
	return commonest;
}

static void note_broken(struct broken *broken, long long value, long long limit, const struct where *where)
{
	if (!broken->is) {
		*broken = (struct broken){.is = true, .at = monitor_now(), .value = value, .limit = limit};
		broken->routine = commonest_routine();
		if (where && where->trace)
			broken->trace = *where->trace;
		else if (where && where->frame)
			trace_take(&broken->trace, where->frame);
	}
	broken->worst_at = monitor_now();
	broken->worst_value = value;
	broken->worst_limit = limit;
}

void bounds_check(const struct where *where)
{
	for (size_t i = 0; i < config.bound_count; i++) {
		const struct bound *bound = &config.bounds[i];
		struct broken *broken = &state->broken[i];
		long long value = state->figures[bound->figure].now, limit = limit_of(bound);
		long long missed = excess(bound, value, limit);

		if (missed <= 0)
			continue;
		if (!broken->is || missed > excess(bound, broken->worst_value, broken->worst_limit))
			note_broken(broken, value, limit, where);
	}
}

/* --- reading LOOSE_BUDGET --- */

/* The next word, of *text up to ';'; its length, 0 at the bound's end. */
static size_t next_word(const char **text, const char **word)
{
	*text += strspn(*text, " ");
	*word = *text;
	size_t length = strcspn(*text, " ;");
	*text += length;
	return length;
}

static bool read_number(const char **text, long long *number)
{
	const char *word;
	size_t length = next_word(text, &word), i = word[0] == '-';
	unsigned long long value = 0;

	if (length == i || length - i > 18)
		return false;
	for (; i < length; i++) {
		if (word[i] < '0' || word[i] > '9')
			return false;
		value = value * 10 + (unsigned)(word[i] - '0');
	}
	*number = word[0] == '-' ? -(long long)value : (long long)value;
	return true;
}

/* Bounds are read before there are figures: gauges are numbered as they will be. */
static int number_of_figure(const char *name, size_t length)
{
	for (int i = 0; i < FIGURES; i++)
		if (strlen(figure_names[i]) == length && memcmp(figure_names[i], name, length) == 0)
			return i;
	for (size_t i = 0; i < config.gauge_count; i++)
		if (strlen(config.gauges[i]) == length && memcmp(config.gauges[i], name, length) == 0)
			return FIGURES + (int)i;
	if (config.gauge_count == GAUGES_MOST || length >= FIGURE_NAME_SIZE)
		return -1;
	memcpy(config.gauges[config.gauge_count], name, length);
	return FIGURES + (int)config.gauge_count++;
}

static bool read_figure(const char **text, int *figure, bool *start)
{
	const char *word, *dot;
	size_t length = next_word(text, &word);

	dot = memchr(word, '.', length);
	*start = dot && length - (size_t)(dot - word) == 6 && memcmp(dot, ".start", 6) == 0;
	if (!length || (dot && !*start))
		return false;
	*figure = number_of_figure(word, dot ? (size_t)(dot - word) : length);
	return *figure >= 0;
}

static bool read_op(const char **text, struct bound *bound)
{
	const char *word;
	size_t length = next_word(text, &word);

	if (length < 1 || length > 2 || (*word != '<' && *word != '>') || (length == 2 && word[1] != '='))
		return false;
	if (*word == '<')
		bound->op = length == 2 ? AT_MOST : BELOW;
	else
		bound->op = length == 2 ? AT_LEAST : ABOVE;
	return true;
}

static bool read_terms(const char **text, struct bound *bound)
{
	while (**text == ' ') {
		if (bound->term_count == BOUND_TERMS)
			return false;
		if (!read_number(text, &bound->terms[bound->term_count].factor) ||
		    !read_figure(text, &bound->terms[bound->term_count].figure, &bound->terms[bound->term_count].start))
			return false;
		bound->term_count++;
	}
	return true;
}

static bool read_bound(const char **text)
{
	static const char stop[] = "stop ";
	long long number, signal;

	if (!read_number(text, &number) || **text != ' ')
		return false;
	if (strncmp(*text + 1, stop, sizeof stop - 1) == 0) {
		*text += sizeof stop;
		if (!read_number(text, &signal) || signal < 1 || signal > 64)
			return false;
		config.stop_signal = (int)signal;
		return true;
	}
	if (config.bound_count == BUDGET_BOUNDS)
		return false;
	struct bound *bound = &config.bounds[config.bound_count++];
	bool start;
	*bound = (struct bound){.index = (int)number};
	return read_figure(text, &bound->figure, &start) && !start && read_op(text, bound) &&
	       read_number(text, &bound->constant) && read_terms(text, bound);
}

void bounds_read(const char *text)
{
	while (text && *text) {
		if (!read_bound(&text) || (*text && *text != ';')) {
			config.fault = "the bounds in LOOSE_BUDGET cannot be read";
			return;
		}
		text += *text == ';';
	}
}
