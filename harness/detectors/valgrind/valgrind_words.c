/* Valgrind's sentences without numbers that change. See valgrind_words.h. */
#include "valgrind_words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/finding.h"

/* The length of "thread 3" or "Thread #3" at `at`, and its number; 0 when there is none. */
static size_t thread_at(const char *at, unsigned long *number)
{
	size_t length = strlen("thread ");

	if ((*at != 't' && *at != 'T') || strncmp(at + 1, "hread ", length - 1) != 0)
		return 0;
	length += at[length] == '#';
	if (!isdigit((unsigned char)at[length]))
		return 0;
	char *end;
	*number = strtoul(at + length, &end, 10);
	return (size_t)(end - at);
}

/* The length of "0x1FFF" at `at`, and its value; 0 when there is none. */
static size_t address_at(const char *at, unsigned long long *address)
{
	if (at[0] != '0' || at[1] != 'x' || !isxdigit((unsigned char)at[2]))
		return 0;
	char *end;
	*address = strtoull(at, &end, 16);
	return (size_t)(end - at);
}

void valgrind_names_thread(struct valgrind_names *names, const char *sentence, const char *function)
{
	unsigned long number;

	for (const char *at = sentence; *at; at++) {
		if (!thread_at(at, &number))
			continue;
		for (size_t i = 0; i < names->thread_count; i++)
			if (names->threads[i].number == number)
				return;
		names->threads = mem_resize(names->threads, names->thread_count + 1, sizeof *names->threads);
		names->threads[names->thread_count].number = number;
		names->threads[names->thread_count++].name = mem_copy(function);
		return;
	}
}

static const char *lock_name(const struct valgrind_names *names, unsigned long long address)
{
	static const char letters[][2] = {"A", "B", "C", "D", "E", "F", "G", "H"};

	for (size_t i = 0; i < names->lock_count; i++)
		if (names->locks[i] == address)
			return letters[i];
	return NULL;
}

void valgrind_names_locks(struct valgrind_names *names, const char *sentence)
{
	unsigned long long address;

	for (const char *at = sentence; *at; at++) {
		size_t length = address_at(at, &address);
		if (!length)
			continue;
		if (!lock_name(names, address) && names->lock_count < sizeof names->locks / sizeof *names->locks)
			names->locks[names->lock_count++] = address;
		at += length - 1;
	}
}

static void put_thread(const struct valgrind_names *names, unsigned long number, bool capital, FILE *out)
{
	const char *name = NULL;
	bool alike = false; /* an earlier one started in the same function */

	for (size_t i = 0; i < names->thread_count && !name; i++) {
		if (names->threads[i].number != number)
			continue;
		name = names->threads[i].name;
		for (size_t j = 0; j < i; j++)
			alike = alike || strcmp(names->threads[j].name, name) == 0;
	}
	/* The tools number threads in the order of their creation; the first is main's. */
	if (number == 1)
		fputs(capital ? "Main thread" : "main thread", out);
	else if (name)
		fprintf(out, "%s%s %s", alike ? (capital ? "Another " : "another ") : "",
			capital && !alike ? "Thread" : "thread", name);
	else
		fputs(capital ? "Another thread" : "another thread", out);
}

/*
 * Phrases that go with the number in them: "0x" stands for an address, "N" for
 * a decimal number. The first that matches counts.
 */
static const struct {
	const char *pattern, *instead;
} phrases[] = {
	{" at address 0x", ""},
	{" from 0x", " from the start of a block"},
	{" at 0x", ""},
	{"Address 0x", "Address"},
	{" 0x", ""},
	{" in loss record N of N", ""},
	{", owner N", ""},
	{" (pid N)", ""},
	/* Counted with what the C library calls, which has other frames in its next version. The number has its comma. */
	{"in frame #N created", "in a frame created"},
};

/* The length of what the pattern matches at `at`; 0 when it does not. */
static size_t phrase_length(const char *at, const char *pattern)
{
	const char *start = at;
	unsigned long long address;

	for (; *pattern; pattern++) {
		if (strncmp(pattern, "0x", 2) == 0) {
			size_t length = address_at(at, &address);
			if (!length)
				return 0;
			at += length;
			pattern++;
		} else if (*pattern == 'N') {
			size_t length = strspn(at, "0123456789,");
			if (!length)
				return 0;
			at += length;
		} else if (*at++ != *pattern) {
			return 0;
		}
	}
	return (size_t)(at - start);
}

/* "Address 0x8": of nothing that a program has, in every run, but a field of what a null pointer does not point to. */
static size_t put_null(const char *at, FILE *out)
{
	enum { NOWHERE = 4096 };
	size_t length = phrase_length(at, "Address 0x");
	unsigned long long address;

	if (!length || !address_at(at + strlen("Address "), &address) || address >= NOWHERE)
		return 0;
	if (address)
		fprintf(out, "Address 0x%llx, %llu bytes from " NULL_POINTER ",", address, address);
	else
		fputs("Address 0x0, " NULL_POINTER ",", out);
	return length;
}

/* What stands at `at` and is not said as it is: its length after its replacement was put; 0 when it is plain text. */
static size_t put_changed(const struct valgrind_names *names, const char *at, bool first, FILE *out)
{
	unsigned long number;
	unsigned long long address;
	size_t length = thread_at(at, &number);

	if (length) {
		put_thread(names, number, first, out);
		return length;
	}
	length = address_at(at, &address);
	if (length && lock_name(names, address)) {
		fputs(lock_name(names, address), out);
		return length;
	}
	length = put_null(at, out);
	if (length)
		return length;
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
		length = phrase_length(at, phrases[i].pattern);
		if (!length)
			continue;
		const char *digits = strstr(at, "0x");
		bool has_address = digits && digits < at + length && address_at(digits, &address);
		/* A lock that has a letter keeps its place in the sentence. */
		if (has_address && lock_name(names, address))
			fprintf(out, " %s", lock_name(names, address));
		else
			fputs(phrases[i].instead, out);
		return length;
	}
	/* "BSS section of /a/path/program" */
	if (strncmp(at, " /", 2) == 0) {
		length = 1 + strcspn(at + 1, " ");
		const char *base = at + length;
		while (base[-1] != '/')
			base--;
		fprintf(out, " %.*s", (int)(at + length - base), base);
		return length;
	}
	return 0;
}

char *valgrind_words(const struct valgrind_names *names, const char *sentence)
{
	struct text words;
	FILE *out = text_open(&words);

	for (const char *at = sentence; *at;) {
		size_t length = put_changed(names, at, at == sentence, out);
		if (!length)
			fputc(*at, out);
		at += length ? length : 1;
	}
	return text_close(&words);
}

void valgrind_names_release(struct valgrind_names *names)
{
	for (size_t i = 0; i < names->thread_count; i++)
		free(names->threads[i].name);
	free(names->threads);
	*names = (struct valgrind_names){0};
}
