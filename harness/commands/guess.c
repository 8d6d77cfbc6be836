#include "guess.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/nearest.h"

static const char between[] = ", \t\r\n";

/* The only cell whose detector begins so; count when there is none or several. */
static size_t cell_with(const char *start, size_t length, const struct cell *cells, size_t count)
{
	size_t found = count;

	for (size_t i = 0; i < count && length; i++) {
		if (strncasecmp(cells[i].detector, start, length) != 0)
			continue;
		if (cells[i].detector[length] == '\0')
			return i;
		if (found != count)
			return count;
		found = i;
	}
	return found;
}

/* Each letter names one: "th". */
static bool take_letters(const char *word, struct cell *cells, size_t count)
{
	for (const char *letter = word; *letter; letter++)
		if (cell_with(letter, 1, cells, count) == count)
			return false;
	for (; *word; word++)
		cells[cell_with(word, 1, cells, count)].guessed = true;
	return true;
}

static char *take_word(const char *word, struct cell *cells, size_t count)
{
	size_t cell = cell_with(word, strlen(word), cells, count);

	if (cell < count)
		cells[cell].guessed = true;
	if (cell < count || take_letters(word, cells, count))
		return NULL;
	const char **names = mem_zeroed(count, sizeof *names);
	for (size_t i = 0; i < count; i++)
		names[i] = cells[i].detector;
	const char *near = nearest_name(word, names, count);
	char *line = near ? mem_format("no detector here is called '%s'; did you mean '%s'?", word, near)
			  : mem_format("no detector here is called '%s'; name those that fire, or say 'none'", word);
	free(names);
	return line;
}

/* 1: yes, 0: no, -1: neither. */
static int yes_or_no(const char *word)
{
	if (strcasecmp(word, "y") == 0 || strcasecmp(word, "yes") == 0)
		return 1;
	return strcasecmp(word, "n") == 0 || strcasecmp(word, "no") == 0 ? 0 : -1;
}

/* "y n n y y": one for each, or nothing is changed and false. */
static bool take_yes_and_no(char *const *words, size_t word_count, struct cell *cells, size_t count)
{
	for (size_t i = 0; i < word_count; i++)
		if (yes_or_no(words[i]) < 0)
			return false;
	for (size_t i = 0; i < word_count && word_count == count; i++)
		cells[i].guessed = yes_or_no(words[i]);
	return word_count == count;
}

static char *take_words(char *const *words, size_t word_count, struct cell *cells, size_t count)
{
	char *error = NULL;

	if (word_count == 0)
		return mem_copy("name the detectors that fire, or say 'none'");
	if (take_yes_and_no(words, word_count, cells, count))
		return NULL;
	for (size_t i = 0; i < count; i++)
		cells[i].guessed = word_count == 1 && strcasecmp(words[0], "all") == 0;
	if (word_count == 1 && (strcasecmp(words[0], "all") == 0 || strcasecmp(words[0], "none") == 0))
		return NULL;
	for (size_t i = 0; i < word_count && !error; i++)
		error = take_word(words[i], cells, count);
	return error;
}

char *guess_read(const char *text, struct cell *cells, size_t count)
{
	struct cell *made = mem_zeroed(count + 1, sizeof *made);
	char *copy = mem_copy(text), *rest = NULL, **words = NULL, *error;
	size_t word_count = 0;

	memcpy(made, cells, count * sizeof *made);
	for (char *word = strtok_r(copy, between, &rest); word; word = strtok_r(NULL, between, &rest)) {
		words = mem_resize(words, word_count + 1, sizeof *words);
		words[word_count++] = word;
	}
	error = take_words(words, word_count, made, count);
	if (!error)
		memcpy(cells, made, count * sizeof *made);
	free(words);
	free(copy);
	free(made);
	return error;
}

/* Without blanks on either side, for the caller to free. */
static char *trimmed(const char *text)
{
	text += strspn(text, between);
	size_t length = strlen(text);
	while (length && strchr(between, text[length - 1]))
		length--;
	return mem_copy_n(text, length);
}

char *guess_confidence(const char *text, int *confidence)
{
	char *word = trimmed(text), *end;
	long number = strtol(word, &end, 10);
	bool good = isdigit((unsigned char)*word) && (!*end || strcmp(end, "%") == 0) && number >= 50 && number <= 100;

	if (good)
		*confidence = (int)number;
	free(word);
	return good ? NULL : mem_copy("a confidence is a number from 50 (a coin would do as well) to 100 (certain)");
}

char *guess_answer(const char *text, char *const *answers, size_t count, size_t *which)
{
	char *word = trimmed(text), *line = NULL;
	size_t found = count;

	for (size_t i = 0; i < count && found == count; i++)
		if (strcasecmp(answers[i], word) == 0)
			found = i;
	if (found == count && word[0] && !word[1]) {
		if (tolower((unsigned char)word[0]) >= 'a')
			found = (size_t)(tolower((unsigned char)word[0]) - 'a');
		else if (word[0] >= '1' && word[0] <= '9')
			found = (size_t)(word[0] - '1');
	}
	if (found < count)
		*which = found;
	else
		line = mem_format("'%s' is none of the answers; type the letter of one", word);
	free(word);
	return line;
}
