/* The Go listings of the texts, as files that a compiler takes. */
#include "docs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { OLDEST = 19 /* of Debian 12 */ };

static const char comment[] = "<!-- go", fence[] = "```go\n", place[] = "//listing\n", vet[] = "//vet";

/* What the comment says, line by line. */
struct around {
	const char *before, *before_end, *after, *after_end; /* what stands before the listing, and after it */
	int line;					     /* of the comment's first line */
	struct go_listing listing;
};

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

static bool starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* "//vet before 1.22: words" or "//vet: words" */
static bool read_vet(const char *line, struct go_listing *listing)
{
	const char *words = strchr(line, ':');
	size_t length = strcspn(line, "\n");

	if (!words || words >= line + length || listing->vet)
		return false;
	if (words != line + sizeof vet - 1 && sscanf(line, "//vet before 1.%d:", &listing->vet_before) != 1)
		return false;
	words += 1 + strspn(words + 1, " ");
	listing->vet = mem_copy_n(words, (size_t)(line + length - words));
	return *listing->vet;
}

/* From the comment's first line to after its last; NULL: it is not right. */
static const char *read_comment(const char *text, struct around *around)
{
	const char *line = next_line(text);

	around->listing.minor = OLDEST;
	if (!starts(text, "<!-- go\n") && sscanf(text, "<!-- go 1.%d\n", &around->listing.minor) != 1)
		return NULL;
	around->before = line;
	around->before_end = around->after = around->after_end = NULL;
	for (; *line && !starts(line, "-->"); line = next_line(line)) {
		if (starts(line, vet) && !read_vet(line, &around->listing))
			return NULL;
		if (starts(line, place)) {
			around->before_end = line;
			around->after = next_line(line);
		}
	}
	if (!around->after) {
		around->before_end = line;
		around->after = line;
	}
	around->after_end = line;
	return starts(line, "-->\n") ? next_line(line) : NULL;
}

/* The listing keeps its line: a compiler's words then name the text's. */
static char *whole_file(const struct around *around, const char *listing, const char *end, int line)
{
	struct text text;
	FILE *out = text_open(&text);
	int at = 2;

	fputs("package listing\n", out);
	fwrite(around->before, 1, (size_t)(around->before_end - around->before), out);
	for (const char *byte = around->before; byte < around->before_end; byte++)
		at += *byte == '\n';
	for (; at < line; at++)
		putc('\n', out);
	fwrite(listing, 1, (size_t)(end - listing), out);
	fwrite(around->after, 1, (size_t)(around->after_end - around->after), out);
	return text_close(&text);
}

/* From the listing's fence to after its end; NULL: it has none. */
static const char *read_listing(const char *text, int line, struct around *around, struct go_listings *listings)
{
	const char *begin = next_line(text), *end = strstr(begin, "\n```\n");

	if (!end)
		return NULL;
	listings->items = mem_resize(listings->items, listings->count + 1, sizeof *listings->items);
	around->listing.line = line + 1;
	around->listing.source = whole_file(around, begin, end + 1, line + 1);
	listings->items[listings->count++] = around->listing;
	around->listing = (struct go_listing){0};
	around->before = NULL;
	return end + strlen("\n```\n");
}

static int lines_between(const char *from, const char *to)
{
	int lines = 0;

	for (; from < to; from++)
		lines += *from == '\n';
	return lines;
}

bool docs_go_listings(const char *path, const char *text, struct go_listings *listings, char **error)
{
	struct around around = {0};
	const char *problem = NULL, *next;
	int line = 1;

	*listings = (struct go_listings){0};
	*error = NULL;
	for (const char *at = text; *at && !problem; line += lines_between(at, next), at = next) {
		next = next_line(at);
		if (around.before && !starts(at, fence)) {
			problem = "a listing must follow this comment, right after it";
		} else if (starts(at, comment)) {
			next = read_comment(at, &around);
			problem = next ? NULL : "write it as '<!-- go 1.21', stubs, '-->', each on lines of its own";
		} else if (starts(at, fence)) {
			next = around.before ? read_listing(at, line, &around, listings) : NULL;
			problem =
				next ? NULL
				     : "a Go listing needs its stubs: put '<!-- go', imports and stubs, '-->' before it";
		}
		if (problem)
			break;
	}
	if (problem)
		*error = mem_format("%s:%d: %s", path, line, problem);
	free(around.listing.vet);
	return !problem;
}

void docs_go_listings_release(struct go_listings *listings)
{
	for (size_t i = 0; i < listings->count; i++) {
		free(listings->items[i].source);
		free(listings->items[i].vet);
	}
	free(listings->items);
	*listings = (struct go_listings){0};
}
