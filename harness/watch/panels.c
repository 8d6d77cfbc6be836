/* What lies over the verdicts, until a key closes it; in the plain mode it is printed once. */
#include <stdlib.h>

#include "base/text.h"
#include "parts.h"
#include "reader/copy.h"

void panel_open(struct watching *watching, enum panel panel)
{
	bool again = watching->panel == panel && panel != PANEL_HINTS;
	struct text text;

	watching->panel = again ? PANEL_NONE : panel;
	watching->top = 0;
	if (watching->terminal.plain) {
		panel_print(text_open(&text), watching);
		char *page = text_close(&text);
		watching_say(watching, page);
		free(page);
		watching->panel = PANEL_NONE;
	}
	watching_show(watching);
}

void panel_close(struct watching *watching)
{
	watching->panel = PANEL_NONE;
	watching->searching = false;
	watching->top = 0;
	watching_show(watching);
}

static void print_diff(FILE *out, struct watching *watching)
{
	const char *now = watching->saves ? saves_content(watching->saves, 0) : NULL;
	char *start = copy_start(watching->workbook->loop.root, watching_starter(watching));

	page_diff(out, &watching->view, start ? start : "", now ? now : "");
	free(start);
}

static void print_list(FILE *out, struct watching *watching)
{
	const char *search = watching->search ? watching->search : "";

	if (!watching->terminal.plain)
		fprintf(out, "Exercises%s%s%s; / searches, Enter goes there, l closes\n\n", *search ? " with '" : "",
			search, *search ? "'" : "");
	size_t count =
		page_list(out, &watching->view, search, watching->terminal.plain ? (size_t)-1 : watching->chosen);
	if (count == 0)
		fputs("There is none with that in its name.\n", out);
}

void panel_print(FILE *out, struct watching *watching)
{
	struct view *view = &watching->view;
	char *keys;

	switch (watching->panel) {
	case PANEL_NONE:
		break;
	case PANEL_FURTHER:
		page_further(out, view);
		break;
	case PANEL_HINTS:
		page_hints(out, view, reader_standing(watching->reader, view->pitfall).hints);
		break;
	case PANEL_OUTPUT:
		page_output(out, view);
		break;
	case PANEL_LIST:
		print_list(out, watching);
		break;
	case PANEL_DIFF:
		print_diff(out, watching);
		break;
	case PANEL_SOLUTION:
		page_solution(out, view);
		break;
	case PANEL_HELP:
		keys = watching_keys();
		fputs(keys, out);
		free(keys);
		break;
	}
}
