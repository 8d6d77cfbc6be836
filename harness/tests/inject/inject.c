/* The injector. See inject.h. It is loaded into programs that know nothing of it, and takes no lock that they can hold. */
#define _GNU_SOURCE /* RTLD_NEXT, dl_iterate_phdr(), accept4() */
#include "inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define CALLER ((uintptr_t)__builtin_return_address(0))
#define REAL(name)                                                                                                     \
	static __typeof__(&name) real;                                                                                 \
	resolve((void **)&real, #name)

/* glibc's own, under names that nobody interposes. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

enum { RANGES = 4, TABLE = 1 << 16, DESCRIPTORS = 1024 };

static struct injection *told;
static struct {
	uintptr_t from, to;
} ranges[RANGES]; /* code whose calls are counted */
static uintptr_t base;
static int range_count;
static uint32_t calls;
static uintptr_t blocks[TABLE]; /* that the program has, by their address */
static char descriptors[DESCRIPTORS];
static int threads;

static void resolve(void **function, const char *name)
{
	if (!__atomic_load_n(function, __ATOMIC_ACQUIRE))
		__atomic_store_n(function, dlsym(RTLD_NEXT, name), __ATOMIC_RELEASE);
}

/* The program comes first, without a name. */
static int add_range(struct dl_phdr_info *object, size_t size, void *unused)
{
	(void)size, (void)unused;
	bool program = !*object->dlpi_name && !range_count;
	if (!program && !strstr(object->dlpi_name, "/libsqlite3."))
		return 0;
	if (program)
		base = object->dlpi_addr;
	for (int i = 0; i < object->dlpi_phnum && range_count < RANGES; i++)
		if (object->dlpi_phdr[i].p_type == PT_LOAD && object->dlpi_phdr[i].p_flags & PF_X) {
			ranges[range_count].from = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;
			ranges[range_count].to = ranges[range_count].from + object->dlpi_phdr[i].p_memsz;
			range_count++;
		}
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("INJECT");
	int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if (file < 0)
		return;
	dl_iterate_phdr(add_range, NULL);
	void *map = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	told = map == MAP_FAILED ? NULL : map;
}

/* Whether this call is one of the program's, of its tests' too. */
static bool is_programs(uintptr_t caller)
{
	for (int i = 0; i < range_count; i++)
		if (caller >= ranges[i].from && caller < ranges[i].to)
			return true;
	return false;
}

/* Whether it is not of the tests' either: those may start a thread that the program joins, but are not to be tried. */
static bool is_own(uintptr_t caller)
{
	return told && (caller - base < told->except_from || caller - base >= told->except_to) && is_programs(caller);
}

/* Whether this call of the kind is to fail. */
static bool fails(enum kind kind, uintptr_t caller)
{
	if (!is_own(caller) || told->kind != kind || __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) != told->at)
		return false;
	told->where = caller - base;
	__atomic_add_fetch(&told->injected, 1, __ATOMIC_RELAXED);
	return true;
}

static int refuse(int error)
{
	errno = error;
	return -1;
}

/* --- what the program has --- */

static void *keep(void *block, uintptr_t caller)
{
	uintptr_t none;

	if (!block || !is_own(caller))
		return block;
	for (size_t i = (uintptr_t)block / 16; none = 0, true; i++)
		if (__atomic_compare_exchange_n(&blocks[i % TABLE], &none, (uintptr_t)block, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return block;
}

/* A place that was emptied ends no search, for others may be after it: it is looked for in a whole stretch. */
static void forget(void *block)
{
	enum { STRETCH = 256 };
	uintptr_t had = (uintptr_t)block;

	for (size_t i = had / 16, end = i + STRETCH; block && i < end; i++, had = (uintptr_t)block)
		if (__atomic_compare_exchange_n(&blocks[i % TABLE], &had, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return;
}

static int hold(int descriptor, uintptr_t caller)
{
	if (descriptor >= 0 && descriptor < DESCRIPTORS && is_own(caller))
		descriptors[descriptor] = 1;
	return descriptor;
}

__attribute__((destructor)) static void end(void)
{
	if (!told)
		return;
	for (int i = 0; i < TABLE; i++)
		if (blocks[i])
			__atomic_add_fetch(&told->blocks, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < DESCRIPTORS; i++)
		if (descriptors[i])
			__atomic_add_fetch(&told->descriptors, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&told->threads, (uint32_t)threads, __ATOMIC_RELAXED);
	__atomic_add_fetch(&told->ended, 1, __ATOMIC_RELAXED);
}

/* --- memory --- */

EXPORT void *malloc(size_t size)
{
	if (fails(MEMORY, CALLER))
		return refuse(ENOMEM), NULL;
	return keep(__libc_malloc(size), CALLER);
}

EXPORT void *calloc(size_t count, size_t size)
{
	if (fails(MEMORY, CALLER))
		return refuse(ENOMEM), NULL;
	return keep(__libc_calloc(count, size), CALLER);
}

EXPORT void *realloc(void *block, size_t size)
{
	if (fails(MEMORY, CALLER))
		return refuse(ENOMEM), NULL;
	forget(block);
	return keep(__libc_realloc(block, size), CALLER);
}

EXPORT void free(void *block)
{
	forget(block);
	__libc_free(block);
}

EXPORT char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	if (fails(MEMORY, CALLER))
		return refuse(ENOMEM), NULL;
	char *copy = keep(__libc_malloc(size), CALLER);
	return copy ? memcpy(copy, text, size) : NULL;
}

/* --- threads and processes --- */

EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *),
			  void *argument)
{
	REAL(pthread_create);
	if (fails(THREAD, CALLER))
		return EAGAIN;
	int error = real(thread, attributes, function, argument);
	if (!error && is_programs(CALLER))
		__atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);
	return error;
}

EXPORT int pthread_join(pthread_t thread, void **result)
{
	REAL(pthread_join);
	int error = real(thread, result);
	if (!error && is_programs(CALLER))
		__atomic_sub_fetch(&threads, 1, __ATOMIC_RELAXED);
	return error;
}

EXPORT int pthread_detach(pthread_t thread)
{
	REAL(pthread_detach);
	int error = real(thread);
	if (!error && is_programs(CALLER))
		__atomic_sub_fetch(&threads, 1, __ATOMIC_RELAXED);
	return error;
}

EXPORT pid_t fork(void)
{
	REAL(fork);
	return fails(THREAD, CALLER) ? refuse(EAGAIN) : real();
}

/* --- descriptors --- */

EXPORT int socket(int domain, int type, int protocol)
{
	REAL(socket);
	return fails(DESCRIPTOR, CALLER) ? refuse(EMFILE) : hold(real(domain, type, protocol), CALLER);
}

EXPORT int pipe(int ends[2])
{
	REAL(pipe);
	if (fails(DESCRIPTOR, CALLER))
		return refuse(EMFILE);
	int error = real(ends);
	if (error == 0) {
		hold(ends[0], CALLER);
		hold(ends[1], CALLER);
	}
	return error;
}

EXPORT int eventfd(unsigned first, int flags)
{
	REAL(eventfd);
	return fails(DESCRIPTOR, CALLER) ? refuse(EMFILE) : hold(real(first, flags), CALLER);
}

EXPORT int accept(int listener, struct sockaddr *restrict address, socklen_t *restrict size)
{
	static int (*real)(int, struct sockaddr *, socklen_t *);

	resolve((void **)&real, "accept");
	if (fails(ACCEPT, CALLER))
		return refuse(EMFILE);
	if (fails(ABORTED, CALLER))
		return refuse(ECONNABORTED);
	return fails(SIGNAL, CALLER) ? refuse(EINTR) : hold(real(listener, address, size), CALLER);
}

EXPORT int close(int descriptor)
{
	REAL(close);
	if (descriptor >= 0 && descriptor < DESCRIPTORS)
		descriptors[descriptor] = 0;
	return real(descriptor);
}

/* --- talk --- */

/* An eventfd, a timerfd or a signalfd takes and gives whole numbers: such a file is of no type, see timerfd_create(2). */
static bool is_of_numbers(int descriptor)
{
	struct stat file;

	return fstat(descriptor, &file) == 0 && (file.st_mode & S_IFMT) == 0;
}

static size_t cut(int descriptor, size_t size, uintptr_t caller)
{
	return size > 1 && !is_of_numbers(descriptor) && fails(SHORT, caller) ? 1 : size;
}

EXPORT ssize_t read(int descriptor, void *bytes, size_t size)
{
	REAL(read);
	return fails(SIGNAL, CALLER) ? refuse(EINTR) : real(descriptor, bytes, cut(descriptor, size, CALLER));
}

EXPORT ssize_t write(int descriptor, const void *bytes, size_t size)
{
	REAL(write);
	return fails(SIGNAL, CALLER) ? refuse(EINTR) : real(descriptor, bytes, cut(descriptor, size, CALLER));
}

/* A call that does not wait is not interrupted. */
EXPORT ssize_t recv(int descriptor, void *bytes, size_t size, int flags)
{
	REAL(recv);
	if (!(flags & MSG_DONTWAIT) && fails(SIGNAL, CALLER))
		return refuse(EINTR);
	return real(descriptor, bytes, cut(descriptor, size, CALLER), flags);
}

EXPORT ssize_t send(int descriptor, const void *bytes, size_t size, int flags)
{
	REAL(send);
	if (!(flags & MSG_DONTWAIT) && fails(SIGNAL, CALLER))
		return refuse(EINTR);
	return real(descriptor, bytes, cut(descriptor, size, CALLER), flags);
}

/* --- what else may wait --- */

/* The connection goes on being made. */
EXPORT int connect(int descriptor, const struct sockaddr *address, socklen_t size)
{
	static int (*real)(int, const struct sockaddr *, socklen_t);

	resolve((void **)&real, "connect");
	int error = real(descriptor, address, size);
	return error == 0 && fails(SIGNAL, CALLER) ? refuse(EINTR) : error;
}

EXPORT int poll(struct pollfd *events, nfds_t count, int milliseconds)
{
	REAL(poll);
	return milliseconds != 0 && fails(SIGNAL, CALLER) ? refuse(EINTR) : real(events, count, milliseconds);
}

EXPORT pid_t waitpid(pid_t child, int *status, int options)
{
	REAL(waitpid);
	return fails(SIGNAL, CALLER) ? refuse(EINTR) : real(child, status, options);
}

EXPORT int nanosleep(const struct timespec *length, struct timespec *left)
{
	REAL(nanosleep);
	if (!fails(SIGNAL, CALLER))
		return real(length, left);
	if (left)
		*left = *length;
	return refuse(EINTR);
}

EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
	REAL(clock_nanosleep);
	if (!fails(SIGNAL, CALLER))
		return real(clock, flags, time, left);
	if (left)
		*left = *time;
	return EINTR;
}

EXPORT int sem_wait(sem_t *semaphore)
{
	REAL(sem_wait);
	return fails(SIGNAL, CALLER) ? refuse(EINTR) : real(semaphore);
}

EXPORT int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict end)
{
	REAL(sem_timedwait);
	return fails(SIGNAL, CALLER) ? refuse(EINTR) : real(semaphore, end);
}

/* The kit's schedule asks the kernel in this way. How often it looks at the threads, by reads of any size, is luck. */
EXPORT long syscall(long number, ...)
{
	static long (*real)(long, ...);
	va_list rest;
	long a[6];

	resolve((void **)&real, "syscall");
	va_start(rest, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(rest, long);
	va_end(rest);
	if (number == SYS_eventfd2) {
		if (fails(DESCRIPTOR, CALLER))
			return refuse(EMFILE);
	} else if ((number == SYS_read && a[2] == sizeof(uint64_t)) || number == SYS_write || number == SYS_ppoll) {
		if (fails(SIGNAL, CALLER))
			return refuse(EINTR);
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
