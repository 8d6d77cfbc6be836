/* Results as JUnit XML, which continuous-integration servers show. */
#include "parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "verdict/detector.h"

/* Length of the UTF-8 character at `text`; 0 when it is none that XML 1.0 may hold. */
static size_t character_length(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;
	size_t length = *byte < 0x80 ? 1 : *byte >= 0xc2 && *byte < 0xe0 ? 2 : *byte >= 0xe0 && *byte < 0xf0 ? 3 : 4;

	if (length == 1)
		return *byte >= 0x20 || *byte == '\t' || *byte == '\n' ? 1 : 0;
	if (length == 4 && (*byte < 0xf0 || *byte > 0xf4))
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, the two that are not characters, and what lies beyond Unicode. */
	if ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] >= 0xa0) ||
	    (byte[0] == 0xef && byte[1] == 0xbf && byte[2] >= 0xbe) || (byte[0] == 0xf0 && byte[1] < 0x90) ||
	    (byte[0] == 0xf4 && byte[1] >= 0x90))
		return 0;
	return length;
}

static void put_escaped(FILE *out, const char *text, size_t end)
{
	for (size_t i = 0; i < end && text[i];) {
		size_t length = character_length(text + i);
		switch (text[i]) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			if (length)
				fwrite(text + i, 1, length, out);
			else
				putc('?', out);
		}
		i += length ? length : 1;
	}
}

static void put_time(FILE *out, long milliseconds)
{
	fprintf(out, " time=\"%ld.%03ld\"", milliseconds / 1000, milliseconds % 1000);
}

static void put_trouble(FILE *out, const struct result *result)
{
	const char *element = result->verdict.observed == OBSERVED_ERROR ? "error" : "failure";
	const char *why = result->verdict.why ? result->verdict.why : "";
	struct text text;

	report_words(text_open(&text), result);
	char *words = text_close(&text);
	fprintf(out, "   <%s message=\"", element);
	put_escaped(out, why, strcspn(why, "\n"));
	fputs("\">", out);
	put_escaped(out, words, text.length);
	fprintf(out, "</%s>\n", element);
	free(words);
}

static void put_case(FILE *out, const struct result *result)
{
	fputs("  <testcase classname=\"", out);
	put_escaped(out, result->program->pitfall, SIZE_MAX);
	fputs("\" name=\"", out);
	put_escaped(out, result->program->name, SIZE_MAX);
	putc(' ', out);
	put_escaped(out, result->detector->name, SIZE_MAX);
	putc('"', out);
	put_time(out, result->wall_ms);
	if (result->verdict.agrees) {
		fputs("/>\n", out);
		return;
	}
	fputs(">\n", out);
	put_trouble(out, result);
	fputs("  </testcase>\n", out);
}

void report_xml(FILE *out, const char *text)
{
	put_escaped(out, text, SIZE_MAX);
}

int report_junit(FILE *out, const struct results *results)
{
	struct tally tally = tally_of(results);

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
	fprintf(out, " <testsuite name=\"loose-threads\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", tally.checked,
		tally.disagree, tally.errors);
	put_time(out, results->wall_ms);
	fputs(">\n", out);
	for (size_t i = 0; i < results->count; i++)
		put_case(out, &results->items[i]);
	fputs(" </testsuite>\n</testsuites>\n", out);
	return file_flushed(out);
}
