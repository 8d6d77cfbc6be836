#include "declaration.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "budget.h"
#include "detector.h"

static const char *const words[] = {"fires", "blind", "silent", "false-alarm", "passes", "fails"};

const char *word_name(enum word word)
{
	return words[word];
}

/* One line of the block with its continuations, cut into its key and the rest. */
struct entry {
	char *key;
	struct text value; /* open while there is a key */
	int line;
};

struct parser {
	const char *path;
	struct declaration *declaration;
	char **error;
	int line; /* of the entry in hand */
};

static bool fail(struct parser *parser, char *message)
{
	*parser->error = mem_format("%s:%d: %s", parser->path, parser->line, message);
	free(message);
	return false;
}

/* The text without blanks on either side, for the caller to free. */
static char *trimmed(const char *text, size_t length)
{
	while (length && isspace((unsigned char)*text))
		text++, length--;
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return mem_copy_n(text, length);
}

/* The first word of *text, which then points after it and the blanks. */
static char *next_word(const char **text)
{
	size_t length = strcspn(*text, " \t");
	char *word = mem_copy_n(*text, length);

	*text += length;
	*text += strspn(*text, " \t");
	return word;
}

static bool set_once(struct parser *parser, char **field, const char *key, const char *value)
{
	if (*field)
		return fail(parser, mem_format("'%s' stands twice; keep one", key));
	if (!*value)
		return fail(parser, mem_format("'%s' is empty; say what it is", key));
	*field = mem_copy(value);
	return true;
}

static bool parse_ends(struct parser *parser, const char *value)
{
	struct declaration *d = parser->declaration;
	const char *rest = strchr(value, ':');

	d->holds = strncmp(value, "holds:", 6) == 0;
	if (!d->holds && strncmp(value, "broken:", 7) != 0)
		return fail(parser, mem_copy("'Ends' needs 'holds: ' or 'broken: ' and the program's last line"));
	char *line = trimmed(rest + 1, strlen(rest + 1));
	bool good = set_once(parser, &d->last_line, "Ends", line);
	free(line);
	d->ends = good;
	return good;
}

/* "kind in function" */
static bool parse_place(struct parser *parser, struct expectation *item, const char *text)
{
	const char *detector = item->detector->name, *in = strstr(text, " in ");

	if (!in || !in[4])
		return fail(parser, mem_format("'%s' is not 'KIND in FUNCTION'", text));
	char *kind = trimmed(text, (size_t)(in - text)), *function = trimmed(in + 4, strlen(in + 4));
	item->places = mem_resize(item->places, item->place_count + 1, sizeof *item->places);
	item->places[item->place_count++] = (struct place){kind, function};
	if (!detector_knows_kind(item->detector, kind))
		return fail(parser,
			    mem_format("%s has no kind '%s'; './loose doctor --kinds' lists them", detector, kind));
	if (strchr(function, ' '))
		return fail(parser, mem_format("'%s' is not the name of a function", function));
	return true;
}

static bool parse_places(struct parser *parser, struct expectation *item, const char *list)
{
	for (;;) {
		size_t length = strcspn(list, ",");
		char *text = trimmed(list, length);
		bool good = parse_place(parser, item, text);

		free(text);
		if (!good || !list[length])
			return good;
		list += length + 1;
	}
}

static bool parse_false_alarm(struct parser *parser, struct expectation *item, const char *rest)
{
	const char *because = strstr(rest, " because ");

	if (!because || !because[9])
		return fail(parser, mem_copy("a false alarm needs 'because' and why the detector is wrong"));
	char *list = trimmed(rest, (size_t)(because - rest));
	bool good = parse_places(parser, item, list);
	free(list);
	item->why = trimmed(because + 9, strlen(because + 9));
	return good;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Sorts "b, a" into "a, b", which is how an observation lists failed tests. */
static char *sorted_names(const char *list)
{
	char *copy = mem_copy(list), *rest = NULL, **names = NULL, *joined = mem_copy("");
	size_t count = 0;

	for (char *name = strtok_r(copy, ", \t", &rest); name; name = strtok_r(NULL, ", \t", &rest)) {
		names = mem_resize(names, count + 1, sizeof *names);
		names[count++] = name;
	}
	if (count)
		qsort(names, count, sizeof *names, by_text);
	for (size_t i = 0; i < count; i++) {
		char *longer = mem_format("%s%s%s", joined, i ? ", " : "", names[i]);
		free(joined);
		joined = longer;
	}
	free(names);
	free(copy);
	return joined;
}

/* What follows the word `item->word`. */
static bool parse_rest(struct parser *parser, struct expectation *item, const char *rest)
{
	switch (item->word) {
	case WORD_FIRES:
		return parse_places(parser, item, rest);
	case WORD_FALSE_ALARM:
		return parse_false_alarm(parser, item, rest);
	case WORD_BLIND:
		item->why = trimmed(rest, strlen(rest));
		return *rest || fail(parser, mem_copy("'blind' needs a line that says why"));
	case WORD_FAILS:
		item->tests = sorted_names(rest);
		return *rest || fail(parser, mem_copy("'fails' needs the names of the tests"));
	default:
		return !*rest || fail(parser, mem_format("nothing may follow '%s'; got '%s'", words[item->word], rest));
	}
}

/* Every place that is declared must be one that the bounds can lead to. */
static bool check_bounds(struct parser *parser, const struct expectation *item)
{
	struct budget budget = {0};
	char *error = NULL;
	bool good = budget_parse(&budget, item->bounds, &error) || fail(parser, error);

	for (size_t i = 0; good && i < item->place_count; i++)
		if (!budget_has_kind(&budget, item->places[i].kind))
			good = fail(parser,
				    mem_format("no bound leads to '%s'; a bound's kind is its figure, with '-below' "
					       "after >= and >, and '-at-exit' where that is written",
					       item->places[i].kind));
	budget_release(&budget);
	return good;
}

/* "[...] when BOUNDS [because ...]": takes the bounds out, and leaves the rest to what all detectors have. */
static bool parse_budget(struct parser *parser, struct expectation *item, const char *rest)
{
	const char *when = strncmp(rest, "when ", 5) == 0 ? rest : strstr(rest, " when ");

	if (!when)
		return fail(parser,
			    mem_copy("'budget' needs 'when' and what must hold, such as 'when threads at exit <= 1'"));
	const char *bounds = strstr(when, "when ") + 5, *because = strstr(bounds, " because ");
	size_t length = because ? (size_t)(because - bounds) : strlen(bounds);
	item->bounds = trimmed(bounds, length);
	if (because && item->word == WORD_BLIND)
		because += strlen(" because ");
	char *others = mem_format("%.*s%s", (int)(when - rest), rest, because ? because : "");
	bool good = parse_rest(parser, item, others) && check_bounds(parser, item);
	free(others);
	return good;
}

static bool parse_expectation(struct parser *parser, const struct detector *detector, const char *value)
{
	struct declaration *d = parser->declaration;
	bool test = detector->tests;
	size_t word = 0, count = sizeof words / sizeof *words;

	if (declaration_of(d, detector))
		return fail(parser, mem_format("'%s' is declared twice; keep one line", detector->name));
	char *first = next_word(&value);
	while (word < count && (strcmp(words[word], first) != 0 || test != (word >= WORD_PASSES)))
		word++;
	if (word == count) {
		fail(parser, mem_format("'%s %s' is unknown; use %s", detector->name, first,
					test ? "passes or fails" : "fires, blind, silent or false-alarm"));
		free(first);
		return false;
	}
	free(first);
	d->items = mem_resize(d->items, d->count + 1, sizeof *d->items);
	struct expectation *item = &d->items[d->count++];
	*item = (struct expectation){.detector = detector, .word = (enum word)word};
	if (detector->bounded)
		return parse_budget(parser, item, value);
	return parse_rest(parser, item, value);
}

static bool parse_entry(struct parser *parser, const struct entry *entry, const char *value)
{
	struct declaration *d = parser->declaration;
	const struct detector *detector = detector_named(entry->key);

	parser->line = entry->line;
	if (detector)
		return parse_expectation(parser, detector, value);
	if (strcmp(entry->key, "Promise") == 0)
		return set_once(parser, &d->promise, entry->key, value);
	if (strcmp(entry->key, "Tempting") == 0)
		return set_once(parser, &d->tempting, entry->key, value);
	if (strcmp(entry->key, "Refused") == 0)
		return set_once(parser, &d->refused, entry->key, value);
	if (strcmp(entry->key, "Ends") == 0)
		return parse_ends(parser, value);
	return fail(parser, mem_format("unknown word '%s'; a declaration knows Promise, Ends, Tempting, Refused, test "
				       "and the detectors",
				       entry->key));
}

/* Looks at this line alone: a look at all of the rest for every line takes minutes on a long comment. */
static bool closes_comment(const char *line, size_t length)
{
	for (const char *at = line; (at = memchr(at, '*', length - (size_t)(at - line))); at++)
		if (at[1] == '/')
			return true;
	return false;
}

/* Takes the next line off *text, without its " *" and its end; NULL when the comment is over. */
static char *comment_line(const char **text)
{
	size_t length = strcspn(*text, "\n");
	const char *line = *text;

	if (!*line || closes_comment(line, length))
		return NULL;
	*text += length + (line[length] == '\n');
	while (length && (*line == ' ' || *line == '\t'))
		line++, length--;
	if (length && *line == '*')
		line++, length--;
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	return mem_copy_n(line, length);
}

static void entry_begin(struct entry *entry, const char *body, int line)
{
	entry->key = next_word(&body);
	fputs(body, text_open(&entry->value));
	entry->line = line;
}

/* Reads what has come together, if anything has, and empties the entry. Nothing is read any more once something was bad. */
static bool entry_end(struct entry *entry, struct parser *parser, bool good)
{
	char *value = text_close(&entry->value);

	if (entry->key)
		good = good && parse_entry(parser, entry, value);
	free(value);
	free(entry->key);
	*entry = (struct entry){0};
	return good;
}

static bool is_word(const char *text)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], text) == 0)
			return true;
	return false;
}

/* "tsan  silent", "Ends  holds: ..." */
static bool says_what_is_seen(const char *body)
{
	char *key = next_word(&body), *first = next_word(&body);
	bool says = detector_named(key) ? is_word(first)
					: strcmp(key, "Ends") == 0 && (strncmp(first, "holds:", 6) == 0 ||
								       strncmp(first, "broken:", 7) == 0);

	free(first);
	free(key);
	return says;
}

/*
 * Prose begins so too: "Promise objects are made by ...". A block that declares something has a line that says what will
 * be seen, before the comment ends or a line is empty.
 */
static bool block_follows(const char *text)
{
	bool found = false, over = false;
	char *body;

	while (!found && !over && (body = comment_line(&text))) {
		const char *start = body + strspn(body, " \t");
		found = start == body + 1 && *body == ' ' && says_what_is_seen(start);
		over = !*start;
		free(body);
	}
	return found;
}

/* Reads entries from the first comment on, until its end or the first empty line after the block's start. */
static bool parse_comment(struct parser *parser, const char *text, int line, bool *any)
{
	struct entry entry = {0};
	bool good = true, prose = false; /* until the next empty line */
	char *body;

	for (; good && (body = comment_line(&text)); line++) {
		const char *start = body + strspn(body, " \t");
		bool key = start == body + 1 && (*body == ' ');
		bool opens = key && (strncmp(start, "Promise ", 8) == 0 || strncmp(start, "Tempting ", 9) == 0);

		prose = *start && (prose || (opens && !entry.key && !block_follows(text)));
		if (entry.key && !*start) {
			free(body);
			break;
		}
		if (entry.key && !key)
			fprintf(entry.value.out, " %s", start);
		if (key && (entry.key || (opens && !prose))) {
			*any = true;
			good = entry_end(&entry, parser, true);
			entry_begin(&entry, start, line);
		}
		free(body);
	}
	return entry_end(&entry, parser, good);
}

enum declared declaration_parse(const char *path, const char *text, struct declaration *declaration, char **error)
{
	struct parser parser = {.path = path, .declaration = declaration, .error = error};
	bool any = false;
	int line = 1;

	*declaration = (struct declaration){0};
	*error = NULL;
	/* What some editors put before the first comment, and compilers pass over. */
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	for (; isspace((unsigned char)*text); text++)
		line += *text == '\n';
	if (strncmp(text, "/*", 2) != 0)
		return DECLARED_NOTHING;
	if (!parse_comment(&parser, text, line, &any)) {
		declaration_release(declaration);
		return DECLARED_BADLY;
	}
	return any ? DECLARED : DECLARED_NOTHING;
}

/* Where a line of the first comment, which ends at `end`, opens a declaration; NULL when none does. */
static const char *block_start(const char *text, const char *end)
{
	static const char *const openings[] = {"\n * Promise ", "\n * Tempting "};

	for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
		for (const char *at = text; (at = strstr(at, openings[i])) && at < end; at++) {
			const char *next = at + 1 + strcspn(at + 1, "\n");
			if (block_follows(next + (*next == '\n')))
				return at;
		}
	return NULL;
}

char *declaration_without(const char *text)
{
	const char *comment = text + strspn(text, " \t\r\n"), *end = strstr(comment, "*/");
	const char *start = strncmp(comment, "/*", 2) == 0 && end ? block_start(comment, end) : NULL;

	if (!start)
		return mem_copy(text);
	const char *after = strstr(start + 1, "\n *\n");
	if (!after || after > end)
		after = end[-2] == '\n' ? end - 2 : end;
	if (start - text >= 3 && strncmp(start - 3, "\n *", 3) == 0)
		start -= 3;
	return mem_format("%.*s%s", (int)(start - text), text, after);
}

static void expect(struct declaration *declaration, const struct detector *detector, enum word word, const char *bounds)
{
	declaration->items = mem_resize(declaration->items, declaration->count + 1, sizeof *declaration->items);
	declaration->items[declaration->count++] = (struct expectation){
		.detector = detector, .word = word, .bounds = detector->bounded ? mem_copy(bounds) : NULL};
}

void declaration_right(struct declaration *declaration, const char *bounds)
{
	*declaration = (struct declaration){.promise = mem_copy("what its header says."), .submission = true};
	expect(declaration, detector_of_tests(), WORD_PASSES, NULL);
	for (size_t i = 0; detectors[i]; i++)
		expect(declaration, detectors[i], WORD_SILENT, bounds);
}

static void expectation_release(struct expectation *item)
{
	for (size_t i = 0; i < item->place_count; i++) {
		free(item->places[i].kind);
		free(item->places[i].function);
	}
	free(item->places);
	free(item->tests);
	free(item->why);
	free(item->bounds);
}

void declaration_release(struct declaration *declaration)
{
	for (size_t i = 0; i < declaration->count; i++)
		expectation_release(&declaration->items[i]);
	free(declaration->items);
	free(declaration->promise);
	free(declaration->tempting);
	free(declaration->refused);
	free(declaration->last_line);
	*declaration = (struct declaration){0};
}

const struct expectation *declaration_of(const struct declaration *declaration, const struct detector *detector)
{
	for (size_t i = 0; i < declaration->count; i++)
		if (declaration->items[i].detector == detector)
			return &declaration->items[i];
	return NULL;
}
