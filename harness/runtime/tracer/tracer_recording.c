/* The file, and one record after the other. See tracer.h. */
#define _GNU_SOURCE /* what ../raw.h needs */
#include "tracer.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "runtime/raw.h"

/* As the linker defines them: where the program's own code begins and ends. */
extern const char __executable_start[], etext[];

static struct recording *recording; /* NULL: nobody asked for it */
static __thread int self = -1, depth;

static void copy_maps(void)
{
	long maps = RAW(openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC), got = 1;
	uint32_t used = 0;

	while (maps >= 0 && got > 0 && used < RECORDING_MAPS - 1) {
		got = RAW(read, maps, recording->maps + used, RECORDING_MAPS - 1 - used);
		used += got > 0 ? (uint32_t)got : 0;
	}
	if (maps >= 0)
		RAW(close, maps);
	recording->maps_length = used;
}

/* Before the program's own constructors: those may start threads. */
__attribute__((constructor(101))) static void begin(void)
{
	const char *path = getenv(RECORDING_VARIABLE);
	long file = path ? RAW(openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;

	if (file < 0)
		return;
	long room = RAW(ftruncate, file, sizeof *recording);
	if (room == 0)
		room = RAW(mmap, NULL, sizeof *recording, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	RAW(close, file);
	if ((unsigned long)room >= -4095UL)
		return;
	recording = (void *)room;
	copy_maps();
	tracer_become(tracer_new_thread());
	recording->magic = RECORDING_MAGIC;
}

/* --- threads --- */

int tracer_new_thread(void)
{
	uint32_t thread = __atomic_load_n(&recording->threads, __ATOMIC_RELAXED);

	do {
		if (thread == RECORDING_THREADS)
			return -1;
	} while (!__atomic_compare_exchange_n(&recording->threads, &thread, thread + 1, false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return (int)thread;
}

void tracer_become(int thread)
{
	self = thread;
}

int tracer_self(void)
{
	/* One that a library has started, and which calls back. */
	if (self < 0)
		self = tracer_new_thread();
	return self;
}

void tracer_enter(void)
{
	depth++;
}

void tracer_leave(void)
{
	depth--;
}

bool tracer_records(void)
{
	return recording && depth == 0;
}

/* --- records --- */

/* A frame is looked at only while the function that it belongs to is the program's, which keeps frame pointers. */
static void take_frames(uint64_t *frames, const struct machine_frame *frame)
{
	for (int i = 0; i < RECORDING_FRAMES; i++) {
		uintptr_t pc = machine_return_address(frame->saved);
		if (pc < (uintptr_t)__executable_start || pc > (uintptr_t)etext)
			return;
		frames[i] = pc;
		if (frame->caller <= (uintptr_t)frame)
			return;
		frame = (const void *)frame->caller;
	}
}

static bool is_access(enum recording_kind kind)
{
	return kind == RECORD_READ || kind == RECORD_WRITE;
}

/* Accesses are not to take the place of all else. */
static bool has_room(enum recording_kind kind)
{
	return !is_access(kind) || __atomic_fetch_add(&recording->accesses, 1, __ATOMIC_RELAXED) < RECORDING_ACCESSES;
}

void tracer_record_named(enum recording_kind kind, const void *object, int64_t value, const char *name, void *frame)
{
	if (!tracer_records() || !has_room(kind))
		return;
	int thread = tracer_self();
	uint32_t index = __atomic_fetch_add(&recording->next, 1, __ATOMIC_SEQ_CST);
	if (thread < 0 || index >= RECORDING_RECORDS)
		return;
	struct recording_record *record = &recording->records[index];
	record->thread = (uint32_t)thread;
	record->object = (uint64_t)(uintptr_t)object;
	record->value = value;
	take_frames(record->frames, frame);
	for (int i = 0; name && name[i] && i < RECORDING_NAME - 1; i++)
		record->name[i] = name[i];
	__atomic_store_n(&record->kind, (uint32_t)kind, __ATOMIC_RELEASE);
}

void tracer_record(enum recording_kind kind, const void *object, int64_t value, void *frame)
{
	tracer_record_named(kind, object, value, NULL, frame);
}
