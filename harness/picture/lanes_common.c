/* What both drawings of lanes ask. See parts.h. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How many bytes of the text, up to the end of a word, fit: one word at least, or of a long one as much as fits. */
static size_t fitting(const char *text, int room, int (*measure)(const char *))
{
	size_t length = strlen(text), best = 0;

	for (size_t i = 1; i <= length; i++) {
		if (i < length && text[i] != ' ')
			continue;
		char *some = mem_copy_n(text, i);
		bool fits = measure(some) <= room;
		free(some);
		if (!fits)
			break;
		best = i;
	}
	if (best)
		return best;
	/* A word that is too long is cut after an underscore, or anywhere between characters. */
	for (size_t i = 1; i <= strcspn(text, " "); i++) {
		char *some = mem_copy_n(text, i);
		bool fits = measure(some) <= room;
		free(some);
		if (!fits)
			break;
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			best = i;
	}
	for (size_t i = best; i > 1; i--)
		if (text[i - 1] == '_')
			return i;
	return best ? best : 1;
}

struct wrapped wrapped_of(const char *text, int room, int (*measure)(const char *))
{
	struct wrapped lines = {0};

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t length = fitting(text, room, measure);
		lines.items = mem_resize(lines.items, lines.count + 1, sizeof *lines.items);
		lines.items[lines.count++] = mem_copy_n(text, length);
		text += length;
	}
	return lines;
}

void wrapped_release(struct wrapped *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->items[i]);
	free(lines->items);
	*lines = (struct wrapped){0};
}

char *label_of(const struct lane_step *step)
{
	return step->line ? mem_format("%s :%d", step->words, step->line) : mem_copy(step->words);
}

/* What the thread does since its last step before the row; for one that has none yet, it has just begun. */
static enum lane_state state_before(const struct lanes *lanes, size_t lane, int row)
{
	enum lane_state state = LANE_RUNS;

	for (size_t i = 0; i < lanes->step_count && lanes->steps[i].row < row; i++)
		if (lanes->steps[i].lane == lane)
			state = lanes->steps[i].after;
	return state;
}

enum lane_state lane_at_row(const struct lanes *lanes, size_t lane, int row)
{
	const struct lane *one = &lanes->lanes[lane];

	return row <= one->first || row > one->last ? LANE_GONE : state_before(lanes, lane, row);
}

enum lane_state lane_below_row(const struct lanes *lanes, size_t lane, int row)
{
	const struct lane *one = &lanes->lanes[lane];

	return row < one->first || (one->last && row > one->last) ? LANE_GONE : state_before(lanes, lane, row + 1);
}

int strips_of(const struct lanes *lanes, int row)
{
	int strips = 0;

	for (size_t i = 0; i < lanes->arrow_count; i++)
		if (lanes->arrows[i].row == row && lanes->arrows[i].strip >= strips)
			strips = lanes->arrows[i].strip + 1;
	return strips;
}

bool has_several(const struct lanes *lanes)
{
	bool several = false;

	for (size_t i = 0; i < lanes->lane_count; i++) {
		const char *blank = strrchr(lanes->lanes[i].name, ' ');
		several = several ||
			  (blank && blank[1] == 'x' && blank[2] && !blank[2 + strspn(blank + 2, "0123456789")]);
	}
	return several;
}
