/* Which image is watched, and its life: beginning, forks, end. See monitor.h. */
#define _GNU_SOURCE /* RTLD_NEXT, MADV_WIPEONFORK */
#include "monitor.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "runtime/raw.h"

struct state *state;
struct config config;

/* There in a program that is built with ThreadSanitizer. */
void __tsan_init(void) __attribute__((weak));

bool monitor_is_tsan(void)
{
	return __tsan_init;
}

/* Has no header of its own; with this all programs start. */
typedef int start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
		       void (*fini)(void), void (*rtld_fini)(void), void *stack_end);
EXPORT start_main __libc_start_main;

/* --- the functions that ours stand for --- */

static void find(const char *name, void *member, size_t size)
{
	void *function = dlsym(RTLD_NEXT, name);

	memcpy(member, &function, size);
}

/*
 * The first call comes before the program has a second thread. Later ones must
 * not ask the dynamic linker, whose lock the program may hold.
 */
const struct real *real(void)
{
	static struct real all;
	static bool filled;

	if (!filled) {
#define REAL_FIND(function) find(#function, &all.function, sizeof all.function);
		REALS(REAL_FIND)
		filled = true;
	}
	return &all;
}

/* --- the beginning --- */

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;

	return RAW(newfstatat, AT_FDCWD, one, &a, 0) == 0 && RAW(newfstatat, AT_FDCWD, other, &b, 0) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void configure(void)
{
	const char *program = getenv("LOOSE_PROGRAM");

	config.mode = ASLEEP;
	if (program && !is_same_file(program, "/proc/self/exe"))
		return;
	bounds_read(getenv("LOOSE_BUDGET"));
	long room = RAW(mmap, NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if ((unsigned long)room >= -4095UL || RAW(madvise, room, sizeof *state, MADV_WIPEONFORK) != 0)
		return;
	if (!report_open())
		return;
	state = (void *)room;
	config.mode = AWAKE;
}

/* The state is empty: the first image, or a child in which only the thread that forked is left. */
static void begin(bool forked)
{
	state->pid = RAW(getpid);
	state->began = clock_us(CLOCK_MONOTONIC);
	state->asked_at = -1;
	state->forked = forked;
	state->lost = config.fault;
	figures_init();
	report_begin(forked);
	__atomic_store_n(&state->ready, 1, __ATOMIC_RELEASE);
}

bool monitor_awake(void)
{
	bool first = config.mode == UNKNOWN;

	if (first) {
		real();
		configure();
	}
	if (config.mode != AWAKE)
		return false;
	if (!__atomic_load_n(&state->ready, __ATOMIC_ACQUIRE))
		begin(!first);
	return true;
}

bool monitor_is_own_process(void)
{
	return config.mode != ASLEEP && (!state || !state->ready || state->pid == RAW(getpid));
}

/* Runs after the constructors of the libraries that the program uses; what those start is counted all the same. */
static bool loaded;

__attribute__((constructor)) static void monitor_load(void)
{
	loaded = true;
	real();
	if (monitor_awake())
		samples_start();
}

/* --- the end --- */

void monitor_freeze(void)
{
	struct section section;

	if (!monitor_is_own_process() || !section_enter(&section))
		return;
	if (!state->frozen) {
		figures_begin_event();
		samples_take();
		figures_end_event(NULL);
		state->frozen = true;
		state->frozen_at = monitor_now();
		for (size_t i = 0; i < state->figure_count; i++)
			state->figures[i].at_exit = state->figures[i].now;
		sites_freeze();
	}
	section_leave(&section);
}

void monitor_close(const char *how)
{
	struct section section;

	if (!monitor_is_own_process())
		return;
	monitor_freeze();
	if (!section_enter(&section))
		return;
	if (!state->closed) {
		figures_begin_event();
		samples_take_last();
		figures_end_event(NULL);
		report_write(how);
		state->closed = true;
	}
	section_leave(&section);
}

__attribute__((destructor)) static void monitor_unload(void)
{
	monitor_close("exit");
}

/* exit() is called, or main() returned: handlers and destructors come after this. */
static void leave_program(void)
{
	monitor_freeze();
	/*
	 * ThreadSanitizer may end the process from a handler of its own, before our destructor; and what is not loaded
	 * yet has none: a constructor of a library, as the one that runs tests, ends the process.
	 */
	if (monitor_is_tsan() || !loaded)
		monitor_close("exit");
}

static int (*real_main)(int argc, char **argv, char **environment);

/* "Start" is now: what constructors took is not the program's doing, nor its leak. */
static void note_start(void)
{
	struct section section;

	if (!section_enter(&section))
		return;
	figures_begin_event();
	samples_take();
	figures_end_event(NULL);
	state->figures[MEMORY].start = state->figures[MEMORY].now;
	state->figures[DESCRIPTORS].start = state->figures[DESCRIPTORS].now;
	section_leave(&section);
}

static int run_main(int argc, char **argv, char **environment)
{
	volatile int status = 0;

	note_start();
	pthread_cleanup_push(thread_main_ended, NULL);
	status = real_main(argc, argv, environment);
	pthread_cleanup_pop(0);
	leave_program();
	return status;
}

EXPORT int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
			     void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
	start_main *start;

	find("__libc_start_main", &start, sizeof start);
	real_main = main;
	return start(run_main, argc, argv, init, fini, rtld_fini, stack_end);
}

EXPORT _Noreturn void exit(int status)
{
	leave_program();
	real()->exit(status);
	__builtin_unreachable();
}

EXPORT _Noreturn void _exit(int status)
{
	monitor_close("_exit");
	real()->_exit(status);
	__builtin_unreachable();
}

EXPORT _Noreturn void _Exit(int status)
{
	monitor_close("_exit");
	real()->_Exit(status);
	__builtin_unreachable();
}

EXPORT _Noreturn void quick_exit(int status)
{
	monitor_close("quick_exit");
	real()->quick_exit(status);
	__builtin_unreachable();
}

/* --- forks --- */

EXPORT pid_t fork(void)
{
	struct section section;
	pid_t child = real()->fork();

	/* The child begins at once, and not with what it first does. */
	if (child == 0 && section_enter(&section))
		section_leave(&section);
	return child;
}
