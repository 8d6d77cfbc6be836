/* What is to be seen of a watching: the page on a screen, or lines in the plain mode. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "parts.h"

enum { COLUMNS_LEAST = 80, ROWS_LEAST = 24 };

/* Everything that there is to see, from above. */
static char *whole_page(struct watching *watching)
{
	struct view *view = &watching->view;
	struct text text;
	FILE *out = text_open(&text);

	page_title(out, view);
	if (view->note)
		fprintf(out, "%s\n", view->note);
	putc('\n', out);
	if (watching->panel != PANEL_NONE) {
		panel_print(out, watching);
		return text_close(&text);
	}
	page_summary(out, view);
	page_verdicts(out, view);
	if (view->stage == STAGE_PASSED)
		page_next(out, view);
	else if (view->stage != STAGE_GONE && view->stage != STAGE_EMPTY)
		page_findings(out, view);
	return text_close(&text);
}

static char *last_row(struct watching *watching, size_t count, size_t room)
{
	/* The last column stays free: a full row would scroll. */
	size_t columns = (size_t)watching->terminal.columns - 1, last = watching->top + room;
	char *where = count <= room ? mem_copy("")
				    : mem_format("%zu-%zu of %zu, arrows scroll  ", watching->top + 1,
						 last < count ? last : count, count);
	size_t taken = strlen(where);
	char *keys = actions_footer(watching, columns > taken ? columns - taken : 0);
	char *row = mem_format("%s%s", where, keys);

	free(keys);
	free(where);
	return row;
}

static void paint(struct watching *watching)
{
	struct terminal *terminal = &watching->terminal;
	size_t room = (size_t)terminal_room(terminal);
	char *page = whole_page(watching);
	struct lines lines = {0};

	lines_add(&lines, page, terminal->columns);
	if (watching->top + room > lines.count)
		watching->top = lines.count > room ? lines.count - room : 0;
	char *last = last_row(watching, lines.count, room);
	terminal_paint(terminal, &lines, watching->top, last);
	free(last);
	lines_release(&lines);
	free(page);
}

static void paint_too_small(struct watching *watching)
{
	struct terminal *terminal = &watching->terminal;
	struct lines lines = {0};
	char *text = mem_format("This window has %d columns and %d rows; watch needs %d and %d. Make it larger, or "
				"leave with q and use --plain.",
				terminal->columns, terminal->rows, COLUMNS_LEAST, ROWS_LEAST);

	lines_add(&lines, text, terminal->columns);
	terminal_paint(terminal, &lines, 0, "");
	lines_release(&lines);
	free(text);
}

void watching_show(struct watching *watching)
{
	struct terminal *terminal = &watching->terminal;

	if (terminal->plain || terminal->borrower || !terminal->loop || watching->leaving)
		return;
	watching->view.style = terminal->style;
	watching->view.style.width = terminal->columns;
	watching->view.note = watching->note;
	if (terminal->columns < COLUMNS_LEAST || terminal->rows < ROWS_LEAST)
		paint_too_small(watching);
	else
		paint(watching);
}

void watching_say(struct watching *watching, const char *text)
{
	struct lines lines = {0};

	if (!watching->terminal.plain)
		return;
	lines_add(&lines, text, watching->view.style.width);
	for (size_t i = 0; i < lines.count; i++)
		puts(lines.items[i]);
	fflush(stdout);
	lines_release(&lines);
}

void watching_say_page(struct watching *watching, void (*print)(FILE *out, const struct view *view))
{
	struct text text;

	if (!watching->terminal.plain)
		return;
	print(text_open(&text), &watching->view);
	char *page = text_close(&text);
	watching_say(watching, page);
	free(page);
}

void watching_note(struct watching *watching, char *note)
{
	free(watching->note);
	watching->note = note;
	if (note)
		watching_say(watching, note);
}
