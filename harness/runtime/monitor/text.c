/*
 * The few functions on bytes and text that the monitor needs, under their usual
 * names, hidden in the monitor. The C library's would be looked up in the
 * program first: it may define its own, and ThreadSanitizer does; that would
 * take the monitor's memory for the program's. The compiler calls some of these
 * by itself.
 */
#include <stddef.h>
#include <string.h>

int bcmp(const void *left, const void *right, size_t size);

/* Keeps the compiler from finding a memcpy() in memcpy(). */
#define STEP() __asm__ volatile("")

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		STEP();
		((char *)to)[i] = ((const char *)from)[i];
	}
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	char *target = to;
	const char *source = from;

	for (size_t i = 0; i < size; i++) {
		size_t at = target < source ? i : size - 1 - i;
		STEP();
		target[at] = source[at];
	}
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		STEP();
		((char *)to)[i] = (char)byte;
	}
	return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const unsigned char *one = left, *other = right;

	for (size_t i = 0; i < size; i++) {
		STEP();
		if (one[i] != other[i])
			return one[i] < other[i] ? -1 : 1;
	}
	return 0;
}

int bcmp(const void *left, const void *right, size_t size)
{
	return memcmp(left, right, size);
}

void *memchr(const void *bytes, int byte, size_t size)
{
	for (const char *at = bytes; size; at++, size--) {
		STEP();
		if (*at == (char)byte)
			return (void *)(size_t)at;
	}
	return NULL;
}

size_t strnlen(const char *text, size_t size)
{
	size_t length = 0;

	while (length < size && text[length]) {
		STEP();
		length++;
	}
	return length;
}

size_t strlen(const char *text)
{
	return strnlen(text, (size_t)-1);
}

int strncmp(const char *left, const char *right, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		STEP();
		if (left[i] != right[i])
			return (unsigned char)left[i] < (unsigned char)right[i] ? -1 : 1;
		if (!left[i])
			break;
	}
	return 0;
}

int strcmp(const char *left, const char *right)
{
	return strncmp(left, right, (size_t)-1);
}

char *strrchr(const char *text, int byte)
{
	const char *found = NULL;

	for (; *text; text++)
		if (*text == (char)byte)
			found = text;
	return (char *)(size_t)found;
}

char *strstr(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (; *text; text++)
		if (strncmp(text, part, length) == 0)
			return (char *)(size_t)text;
	return NULL;
}

/* How many bytes at the beginning are (or are not) among these. */
static size_t span(const char *text, const char *bytes, int among)
{
	size_t length = 0;

	while (text[length] && (memchr(bytes, text[length], strlen(bytes)) != NULL) == among)
		length++;
	return length;
}

size_t strspn(const char *text, const char *bytes)
{
	return span(text, bytes, 1);
}

size_t strcspn(const char *text, const char *bytes)
{
	return span(text, bytes, 0);
}
