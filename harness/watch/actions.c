/*
 * What a key does, or its word in the plain mode. The table is the whole of it: the
 * help, the last row and the manual are made from it.
 */
#include "parts.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "reader/answers.h"
#include "reader/copy.h"

struct action {
	char key;
	const char *word, *help;
	/* For the last row, while a file is refused and when it has passed: 0 never stands there, 1 stays to the end. */
	unsigned char rank, passed_rank;
	void (*run)(struct watching *watching, const char *rest);
};

/* --- programs that have the terminal --- */

static void on_returned(void *context, int status)
{
	struct watching *watching = context;

	reader_reload(watching->reader);
	if (status == 127)
		watching_note(watching, mem_copy("That program is not there; e needs $EDITOR or $VISUAL."));
	watching_show(watching);
}

/* Each word is passed on whole; the script's first one is the workbook's ./loose. */
static void lend(struct watching *watching, const char *script, const char *command)
{
	const char *root = watching->workbook->loop.root;
	char *loose = mem_format("%s/build/loose", root), *file = mem_format("%s/%s", root, watching->file);
	char *argv[] = {"sh", "-c", (char *)script, "sh", loose, (char *)command, (char *)watching->view.pitfall,
			file, NULL};

	if (!terminal_lend(&watching->terminal, argv, on_returned))
		watching_note(watching, mem_format("cannot start a program: %s", strerror(errno)));
	watching_show(watching);
	free(file);
	free(loose);
}

/* What it has printed would be gone with it. */
#define AND_WAIT "printf '\\nEnter goes back to watch. '; read -r _"

static void predict(struct watching *watching, const char *rest)
{
	(void)rest;
	lend(watching, "\"$1\" \"$2\" \"$3\"; " AND_WAIT, "predict");
}

static void debug(struct watching *watching, const char *rest)
{
	(void)rest;
	lend(watching, "\"$1\" \"$2\" \"$3\" || { " AND_WAIT "; }", "debug");
}

static void edit(struct watching *watching, const char *rest)
{
	(void)rest;
	lend(watching,
	     "for editor in \"${VISUAL:-}\" \"${EDITOR:-}\" sensible-editor nano vim vi; do "
	     "[ -n \"$editor\" ] && command -v ${editor%% *} >/dev/null && exec $editor \"$4\"; done; exit 127",
	     "");
}

/* --- hints, output, solution --- */

static void hint(struct watching *watching, const char *rest)
{
	const char *pitfall = watching->view.pitfall;
	char *path, *text = page_readme(&watching->view, &path);
	int all = text ? answers_hints(text) : 0, seen = reader_standing(watching->reader, pitfall).hints;
	/* Those that were shown are shown again before there is another. */
	bool open = watching->panel == PANEL_HINTS || watching->terminal.plain || seen == 0;

	(void)rest;
	free(text);
	free(path);
	if (open && seen < all)
		reader_note_hint(watching->reader, pitfall, seen + 1);
	panel_open(watching, PANEL_HINTS);
	seen = reader_standing(watching->reader, pitfall).hints;
	watching_note(watching, seen < all ? mem_format("Hint %d of %d; h shows the next one.", seen, all)
				: all	   ? mem_format("Hint %d of %d, the last one.", seen, all)
					   : mem_copy("This exercise has no hints."));
	watching_show(watching);
}

static void more(struct watching *watching, const char *rest)
{
	(void)rest;
	panel_open(watching, PANEL_FURTHER);
}

static void output(struct watching *watching, const char *rest)
{
	(void)rest;
	panel_open(watching, PANEL_OUTPUT);
}

static void diff(struct watching *watching, const char *rest)
{
	(void)rest;
	panel_open(watching, PANEL_DIFF);
}

static void help(struct watching *watching, const char *rest)
{
	(void)rest;
	panel_open(watching, PANEL_HELP);
}

/* Shown when it has passed, or when it is asked for a second time. */
static void solution(struct watching *watching, const char *rest)
{
	struct standing standing = reader_standing(watching->reader, watching->view.pitfall);
	bool show = standing.passed || standing.asked > 0;

	(void)rest;
	reader_note_solution(watching->reader, watching->view.pitfall, show);
	if (show)
		panel_open(watching, PANEL_SOLUTION);
	else
		watching_note(watching,
			      mem_copy("You have not passed yet, and h has a hint; s once more shows the solution."));
	watching_show(watching);
}

/* --- the file --- */

static void reset(struct watching *watching, const char *rest)
{
	(void)rest;
	watching->question = ASKED_RESET;
	watching_say(watching, "Begin anew? Your file is kept under another name. (y or n)");
	watching_show(watching);
}

static void do_reset(struct watching *watching)
{
	char *kept = NULL, *error = NULL;

	if (copy_reset(watching->workbook->loop.root, watching_starter(watching), &kept, &error) != 0) {
		watching_note(watching, error);
	} else {
		reader_note_reset(watching->reader, watching->view.pitfall);
		watching_note(watching, kept ? mem_format("Begun anew; your file is %s now, and u takes it back.", kept)
					     : mem_copy("It is as it began."));
	}
	free(kept);
	if (saves_look(watching->saves))
		watching_judge(watching);
	watching_show(watching);
}

static void undo(struct watching *watching, const char *rest)
{
	char *from = NULL, *error = NULL;

	(void)rest;
	if (copy_undo(watching->workbook->loop.root, watching_starter(watching), &from, &error) != 0)
		watching_note(watching, error);
	else
		watching_note(watching, mem_format("%s is your file again.", from));
	free(from);
	if (saves_look(watching->saves))
		watching_judge(watching);
	watching_show(watching);
}

/* --- where the reader is --- */

/* The exercise `step` places on from the one in hand, passed ones left out or not; NULL: there is none. */
static const char *beside(const struct watching *watching, int step, bool unpassed)
{
	const struct catalogue *catalogue = watching->view.catalogue;
	size_t at = 0;

	while (at < catalogue->pitfall_count && strcmp(catalogue->pitfalls[at], watching->view.pitfall) != 0)
		at++;
	for (at += (size_t)step; at < catalogue->pitfall_count; at += (size_t)step) {
		const char *pitfall = catalogue->pitfalls[at];
		if (catalogue_program(catalogue, pitfall, "starter") &&
		    !(unpassed && reader_standing(watching->reader, pitfall).passed))
			return pitfall;
	}
	return NULL;
}

static void go_beside(struct watching *watching, int step, bool unpassed)
{
	const char *pitfall = beside(watching, step, unpassed);

	if (pitfall)
		watching_go_to(watching, pitfall);
	else
		watching_note(watching, mem_copy(step < 0 ? "This is the first exercise."
							  : "No exercise comes after this one; l lists them all."));
	watching_show(watching);
}

static void next(struct watching *watching, const char *rest)
{
	(void)rest;
	if (reader_standing(watching->reader, watching->view.pitfall).passed) {
		go_beside(watching, 1, true);
		return;
	}
	watching_note(watching, mem_copy("This one is not passed yet; k skips it."));
	watching_show(watching);
}

static void previous(struct watching *watching, const char *rest)
{
	(void)rest;
	go_beside(watching, -1, false);
}

static void skip(struct watching *watching, const char *rest)
{
	(void)rest;
	go_beside(watching, 1, false);
}

static void search_for(struct watching *watching, const char *what)
{
	free(watching->search);
	watching->search = mem_copy(what);
	watching->chosen = 0;
}

static void list(struct watching *watching, const char *rest)
{
	search_for(watching, rest);
	/* Where the reader is. */
	for (const char *at; (at = page_listed(&watching->view, rest, watching->chosen)); watching->chosen++)
		if (strcmp(at, watching->view.pitfall) == 0)
			break;
	if (!page_listed(&watching->view, rest, watching->chosen))
		watching->chosen = 0;
	panel_open(watching, PANEL_LIST);
}

static void go_to(struct watching *watching, const char *rest)
{
	char *error = NULL;
	const char *pitfall = *rest ? catalogue_pitfall(watching->view.catalogue, rest, &error) : NULL;

	if (pitfall && catalogue_program(watching->view.catalogue, pitfall, "starter"))
		watching_go_to(watching, pitfall);
	else
		watching_note(watching, error ? error : mem_copy("Name an exercise: open NAME."));
}

static void quit(struct watching *watching, const char *rest)
{
	(void)rest;
	watching_leave(watching, WATCHING_LEFT);
}

static const struct action actions[] = {
	{'h', "hint", "a hint, one level at a time", 2, 0, hint},
	{'m', "more", "what the others say that refuse your file", 3, 0, more},
	{'p', "predict", "say what each detector will see in the chapter's program, then see it", 5, 5, predict},
	{'o', "output", "what the program itself wrote when its tests ran plain", 8, 8, output},
	{'g', "debug", "open gdb in the test that fails", 6, 0, debug},
	{'e', "edit", "open your file in $VISUAL or $EDITOR", 0, 0, edit},
	{'d', "diff", "what you have changed since the start", 9, 6, diff},
	{'l', "list", "all exercises, and where you are; / searches in them", 4, 3, list},
	{'n', "next", "the next exercise that is not passed", 3, 1, next},
	{'b', "previous", "the exercise before this one", 0, 0, previous},
	{'k', "skip", "the exercise after this one, passed or not", 0, 0, skip},
	{'r', "reset", "begin anew, once you have said yes; your file is kept", 0, 0, reset},
	{'u', "undo", "take the file back that was kept last", 0, 0, undo},
	{'s', "solution", "the solution, when you have passed, or ask twice", 0, 2, solution},
	{'?', "help", "these keys", 1, 1, help},
	{'q', "quit", "leave; nothing is lost", 2, 2, quit},
	{0, "open", "go to the exercise that is named after it (--plain)", 0, 0, go_to},
};

enum { ACTIONS = sizeof actions / sizeof *actions, LAST_RANK = 9 };

char *watching_keys(void)
{
	struct text text;
	FILE *out = text_open(&text);

	for (size_t i = 0; i < ACTIONS; i++)
		fprintf(out, "  %c %-9s %s\n", actions[i].key ? actions[i].key : ' ', actions[i].word, actions[i].help);
	return text_close(&text);
}

static unsigned rank_of(const struct action *action, bool passed)
{
	return passed ? action->passed_rank : action->rank;
}

/* The keys up to a rank, whole or not at all. */
static char *keys_up_to(unsigned rank, bool passed)
{
	struct text text;
	FILE *out = text_open(&text);
	const char *gap = "";

	for (size_t i = 0; i < ACTIONS; i++) {
		unsigned own = rank_of(&actions[i], passed);
		if (!own || own > rank)
			continue;
		fprintf(out, "%s%c %s", gap, actions[i].key, actions[i].word);
		gap = "  ";
	}
	return text_close(&text);
}

char *actions_footer(const struct watching *watching, size_t columns)
{
	bool passed = watching->view.stage == STAGE_PASSED;

	if (watching->question == ASKED_RESET)
		return mem_copy("Begin anew? Your file is kept under another name. y or n");
	if (watching->searching)
		return mem_copy("Letters search in the names; Enter ends the search");
	for (unsigned rank = LAST_RANK;; rank--) {
		char *keys = keys_up_to(rank, passed);
		if (rank == 1 || strlen(keys) <= columns)
			return keys;
		free(keys);
	}
}

/* --- keys --- */

static void scroll(struct watching *watching, int key)
{
	size_t room = (size_t)terminal_room(&watching->terminal), *top = &watching->top;

	if (key == KEY_UP)
		*top -= *top > 0;
	else if (key == KEY_DOWN)
		*top += 1;
	else if (key == KEY_PAGE_UP)
		*top -= *top < room ? *top : room;
	else if (key == KEY_HOME)
		*top = 0;
	else if (key == KEY_END)
		*top = (size_t)1 << 30;
	else
		*top += room;
	/* Painting keeps it within the page. */
	watching_show(watching);
}

static void answer(struct watching *watching, int key)
{
	watching->question = ASKED_NOTHING;
	if (key == 'y' || key == 'Y')
		do_reset(watching);
	else
		watching_note(watching, mem_copy("Nothing was changed."));
	watching_show(watching);
}

static void search_key(struct watching *watching, int key)
{
	size_t length = strlen(watching->search);

	if (key == KEY_ENTER || key == KEY_ESCAPE)
		watching->searching = false;
	else if (key == KEY_BACKSPACE && length)
		watching->search[length - 1] = '\0';
	else if (key > ' ' && key < 0x7f) {
		char *longer = mem_format("%s%c", watching->search, key);
		search_for(watching, longer);
		free(longer);
	}
	watching_show(watching);
}

/* True when the list has used the key. */
static bool list_key(struct watching *watching, int key)
{
	const char *pitfall = page_listed(&watching->view, watching->search, watching->chosen);

	if (key == '/')
		watching->searching = true;
	else if (key == KEY_UP)
		watching->chosen -= watching->chosen > 0;
	else if (key == KEY_DOWN)
		watching->chosen += page_listed(&watching->view, watching->search, watching->chosen + 1) != NULL;
	else if (key != KEY_ENTER)
		return false;
	size_t room = (size_t)terminal_room(&watching->terminal);
	/* The chosen line stays in the window; above it stand the page's title and the list's. */
	watching->top = watching->chosen + 8 > room ? watching->chosen + 8 - room : 0;
	if (key == KEY_ENTER && pitfall)
		watching_go_to(watching, pitfall);
	watching_show(watching);
	return true;
}

static void act(struct watching *watching, int key)
{
	for (size_t i = 0; i < ACTIONS; i++)
		if (actions[i].key && actions[i].key == key)
			actions[i].run(watching, "");
}

void actions_key(struct watching *watching, int key)
{
	if (watching->leaving)
		return;
	if (watching->question) {
		answer(watching, key);
		return;
	}
	if (watching->searching) {
		search_key(watching, key);
		return;
	}
	watching_note(watching, NULL);
	if (key == KEY_PASTED) {
		watching_note(watching,
			      mem_format("What is pasted here goes nowhere; paste it into %s.", watching->file));
		watching_show(watching);
	} else if (watching->panel == PANEL_LIST && list_key(watching, key)) {
		;
	} else if (key == KEY_ESCAPE || (key == KEY_ENTER && watching->panel)) {
		panel_close(watching);
	} else if (key == ' ' || (key >= KEY_UP && key <= KEY_END)) {
		scroll(watching, key);
	} else {
		act(watching, key);
	}
}

/* --- lines --- */

static void say_unknown(struct watching *watching, const char *word)
{
	const char *words[ACTIONS];

	for (size_t i = 0; i < ACTIONS; i++)
		words[i] = actions[i].word;
	const char *near = nearest_name(word, words, ACTIONS);
	watching_note(watching, near ? mem_format("There is no '%s'; did you mean '%s'?", word, near)
				     : mem_format("There is no '%s'; 'help' tells the commands.", word));
}

void actions_line(struct watching *watching, const char *line)
{
	line += strspn(line, " \t\r");
	size_t length = strcspn(line, " \t\r");
	char *word = mem_copy_n(line, length);
	const char *rest = line + length + strspn(line + length, " \t");
	char *after = mem_copy_n(rest, strcspn(rest, "\r"));
	const struct action *found = NULL;

	for (size_t i = 0; i < ACTIONS && *word; i++)
		if (strcmp(actions[i].word, word) == 0 || (actions[i].key && actions[i].key == *word && !word[1]))
			found = &actions[i];
	if (watching->leaving)
		;
	else if (watching->question)
		answer(watching, *word);
	else if (found)
		found->run(watching, after);
	else if (*word)
		say_unknown(watching, word);
	free(after);
	free(word);
}
