/* See keys.h. The escape sequences are those that every terminal of today sends. */
#include "keys.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"

/* A pasted text stands between these. */
static const char paste_begins[] = "\033[200~", paste_ends[] = "\033[201~";

/* The key of a whole escape sequence; 0: none that is known. */
static int key_of(const char *sequence, size_t length)
{
	static const struct {
		const char *sequence;
		int key;
	} known[] = {
		{"[A", KEY_UP},	      {"OA", KEY_UP},	      {"[B", KEY_DOWN},	 {"OB", KEY_DOWN}, {"[H", KEY_HOME},
		{"OH", KEY_HOME},     {"[1~", KEY_HOME},      {"[F", KEY_END},	 {"OF", KEY_END},  {"[4~", KEY_END},
		{"[5~", KEY_PAGE_UP}, {"[6~", KEY_PAGE_DOWN}, {"[7~", KEY_HOME}, {"[8~", KEY_END},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].sequence) == length && memcmp(known[i].sequence, sequence, length) == 0)
			return known[i].key;
	return 0;
}

/* The length of the sequence after an ESC; 0: it is not whole. */
static size_t sequence_length(const char *bytes, size_t count)
{
	size_t length = 1;

	if (count == 0)
		return 0;
	if (bytes[0] == 'O')
		return count > 1 ? 2 : 0;
	if (bytes[0] != '[')
		return 1;
	while (length < count && (unsigned char)bytes[length] < 0x40)
		length++;
	return length < count ? length + 1 : 0;
}

static void tell_key(struct terminal *terminal, int key)
{
	if (key && !terminal->pasting && !terminal->borrower)
		terminal->events->key(terminal->context, key);
}

/* One key, or one sequence. How many bytes it took; 0: it is not whole. */
static size_t take_key(struct terminal *terminal, const char *bytes, size_t count)
{
	mbstate_t state = {0};
	wchar_t character;

	if (*bytes == '\033') {
		size_t length = sequence_length(bytes + 1, count - 1);
		if (length == 0)
			return 0;
		if (length + 1 == sizeof paste_begins - 1 && memcmp(bytes, paste_begins, length + 1) == 0) {
			tell_key(terminal, KEY_PASTED);
			terminal->pasting = true;
		} else if (length + 1 == sizeof paste_ends - 1 && memcmp(bytes, paste_ends, length + 1) == 0) {
			terminal->pasting = false;
		} else {
			tell_key(terminal, key_of(bytes + 1, length));
		}
		return length + 1;
	}
	if (*bytes == '\r' || *bytes == '\n')
		tell_key(terminal, KEY_ENTER);
	else if (*bytes == '\177' || *bytes == '\b')
		tell_key(terminal, KEY_BACKSPACE);
	else if ((unsigned char)*bytes < 0x80)
		tell_key(terminal, (unsigned char)*bytes < 0x20 ? 0 : *bytes);
	if ((unsigned char)*bytes < 0x80)
		return 1;
	size_t length = mbrtowc(&character, bytes, count, &state);
	if (length == (size_t)-2)
		return 0;
	if (length == (size_t)-1 || length == 0)
		return 1;
	tell_key(terminal, (int)character);
	return length;
}

void keys_take(struct terminal *terminal, const char *bytes, size_t count)
{
	struct text text;
	FILE *out = text_open(&text);

	fwrite(terminal->pending, 1, terminal->pending_length, out);
	fwrite(bytes, 1, count, out);
	char *all = text_close(&text);
	size_t length = text.length, at = 0;
	terminal->pending_length = 0;
	while (at < length && terminal->events) {
		size_t used = take_key(terminal, all + at, length - at);
		if (used == 0 && length - at == 1 && all[at] == '\033') {
			/* Nobody sends an ESC apart from what follows it: it is the key. */
			tell_key(terminal, KEY_ESCAPE);
			used = 1;
		} else if (used == 0 && length - at <= sizeof terminal->pending) {
			terminal->pending_length = length - at;
			memcpy(terminal->pending, all + at, length - at);
			break;
		} else if (used == 0) {
			used = 1;
		}
		at += used;
	}
	free(all);
}

void keys_take_line(struct terminal *terminal, const char *bytes, size_t count)
{
	struct text_line *line = &terminal->line;

	for (size_t i = 0; i < count && terminal->events; i++) {
		if (bytes[i] != '\n') {
			line->bytes = mem_resize(line->bytes, line->length + 2, 1);
			line->bytes[line->length++] = bytes[i] ? bytes[i] : '?';
			line->bytes[line->length] = '\0';
			continue;
		}
		char *whole = line->bytes ? line->bytes : mem_copy("");
		*line = (struct text_line){0};
		terminal->events->line(terminal->context, whole);
		free(whole);
	}
}
