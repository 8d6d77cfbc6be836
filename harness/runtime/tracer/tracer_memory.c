/* malloc() and its kin, and accesses to memory in the code that is asked for. See tracer.h. */
#include "tracer.h"

#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RANGES = 64 };

extern const char __executable_start[];

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __real_free(void *block);
void __wrap_free(void *block);
void *__real_memcpy(void *to, const void *from, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__real_memset(void *to, int byte, size_t size);
void *__wrap_memset(void *to, int byte, size_t size);

/* --- blocks --- */

static void *note_block(void *block, size_t size, void *frame)
{
	if (block)
		tracer_record(RECORD_ALLOC, block, (int64_t)size, frame);
	return block;
}

static void note_free(void *block, void *frame)
{
	if (block && tracer_records())
		tracer_record(RECORD_FREE, block, (int64_t)malloc_usable_size(block), frame);
}

void *__wrap_malloc(size_t size)
{
	return note_block(__real_malloc(size), size, FRAME);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return note_block(__real_calloc(count, size), count * size, FRAME);
}

void *__wrap_realloc(void *block, size_t size)
{
	note_free(block, FRAME);
	return note_block(__real_realloc(block, size), size, FRAME);
}

void __wrap_free(void *block)
{
	note_free(block, FRAME);
	__real_free(block);
}

/* --- accesses --- */

static struct range {
	uintptr_t start, end;
} ranges[MOST_RANGES];
static size_t range_count;

static const char *read_hex(const char *text, uintptr_t *number)
{
	for (*number = 0;; text++) {
		int digit = *text >= '0' && *text <= '9'   ? *text - '0'
			    : *text >= 'a' && *text <= 'f' ? *text - 'a' + 10
							   : -1;
		if (digit < 0)
			return text;
		*number = *number << 4 | (uintptr_t)digit;
	}
}

__attribute__((constructor(102))) static void read_ranges(void)
{
	const char *text = getenv(RECORDING_CODE_VARIABLE);
	const uintptr_t base = (uintptr_t)__executable_start;

	while (text && *text && range_count < MOST_RANGES) {
		struct range *range = &ranges[range_count];
		text = read_hex(text, &range->start);
		if (*text++ != '-')
			return;
		text = read_hex(text, &range->end);
		range->start += base;
		range->end += base;
		range_count++;
		if (*text++ != ',')
			return;
	}
}

static bool is_asked_for(uintptr_t pc)
{
	for (size_t i = 0; i < range_count; i++)
		/* A return address: the call may be the last of its line. */
		if (pc > ranges[i].start && pc <= ranges[i].end)
			return true;
	return false;
}

static void note_access(enum recording_kind kind, const void *address, size_t size, const void *pc, void *frame)
{
	if (is_asked_for((uintptr_t)pc))
		tracer_record(kind, address, (int64_t)size, frame);
}

/* clang calls these before each load and store of the program. */
#define ACCESS(size)                                                                                                   \
	void __sanitizer_cov_load##size(const void *address);                                                          \
	void __sanitizer_cov_load##size(const void *address)                                                           \
	{                                                                                                              \
		note_access(RECORD_READ, address, size, __builtin_return_address(0), FRAME);                           \
	}                                                                                                              \
	void __sanitizer_cov_store##size(const void *address);                                                         \
	void __sanitizer_cov_store##size(const void *address)                                                          \
	{                                                                                                              \
		note_access(RECORD_WRITE, address, size, __builtin_return_address(0), FRAME);                          \
	}

ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)

/* What the pass that makes a memcpy() of a struct's copy calls at the start, and what later versions call in its place. */
void __tsan_init(void);
void __tsan_init(void)
{
}

void *__tsan_memcpy(void *to, const void *from, size_t size) __attribute__((alias("__wrap_memcpy")));
void *__tsan_memset(void *to, int byte, size_t size) __attribute__((alias("__wrap_memset")));

void *__wrap_memcpy(void *to, const void *from, size_t size)
{
	note_access(RECORD_READ, from, size, __builtin_return_address(0), FRAME);
	note_access(RECORD_WRITE, to, size, __builtin_return_address(0), FRAME);
	return __real_memcpy(to, from, size);
}

void *__wrap_memset(void *to, int byte, size_t size)
{
	note_access(RECORD_WRITE, to, size, __builtin_return_address(0), FRAME);
	return __real_memset(to, byte, size);
}
