/* What a program publishes through chapters/kit/gauge.h. See monitor.h. */
#define _GNU_SOURCE /* monitor.h */
#include "monitor.h"

EXPORT void loose_gauge_add(const char *name, long amount);
EXPORT void loose_gauge_set(const char *name, long value);

static void change(const char *name, bool add, long number, void *frame)
{
	const struct where where = {.frame = frame};
	struct section section;

	if (!section_enter(&section))
		return;
	int figure = figure_named(name);
	if (figure >= 0) {
		figures_begin_event();
		state->figures[figure].published = true;
		/* Of what does not fit, the low bits are kept. */
		__builtin_add_overflow(add ? state->figures[figure].now : 0, number, &state->figures[figure].now);
		figures_end_event(&where);
	}
	section_leave(&section);
}

void loose_gauge_add(const char *name, long amount)
{
	change(name, true, amount, __builtin_frame_address(0));
}

void loose_gauge_set(const char *name, long value)
{
	change(name, false, value, __builtin_frame_address(0));
}
