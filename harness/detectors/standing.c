/* Where the threads of a program stood. See standing.h. */
#include "standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report_files.h"

enum { WORDS = 12, HERE = 3 /* the word that the futex is */, MAX_INLINED = 8 };

struct thread {
	long tid;
	bool waits; /* at a futex */
	uint64_t address;
	uint32_t words[WORDS];
	struct stack stack;
	char *name; /* "main thread", "thread worker", "thread worker 2"; NULL: not in the program's own code */
};

struct halted {
	long pid;
	struct standing_resolver resolver;
	struct thread *threads;
	size_t count;
	bool child; /* of a process that was told before it */
};

/* --- reading --- */

static void add_frames(struct halted *process, struct thread *thread, const char *pcs)
{
	struct code_place places[MAX_INLINED];
	const struct standing_resolver *resolver = &process->resolver;
	char *end;

	for (uint64_t pc; (pc = strtoull(pcs, &end, 16)) && end != pcs; pcs = end) {
		size_t count = resolver->code(resolver->context, pc, places, MAX_INLINED);
		for (size_t i = 0; i < count; i++)
			stack_add_frame(&thread->stack, places[i].function ? places[i].function : "?", places[i].file,
					places[i].line, run_owns(resolver->run, places[i].file));
	}
}

static void read_futex(struct thread *thread, const char *text)
{
	char *at;

	thread->address = strtoull(text, &at, 16);
	thread->waits = strncmp(at, " :", 2) == 0;
	at += thread->waits ? 2 : 0;
	for (int i = 0; i < WORDS; i++)
		thread->words[i] = (uint32_t)strtoul(at, &at, 16);
}

static void read_line(struct halted *process, const char *line)
{
	struct thread *last = process->count ? &process->threads[process->count - 1] : NULL;
	long tid;

	if (sscanf(line, "thread %ld", &tid) == 1) {
		process->threads = mem_resize(process->threads, process->count + 1, sizeof *process->threads);
		process->threads[process->count++] = (struct thread){.tid = tid};
	} else if (last && strncmp(line, "futex ", 6) == 0) {
		read_futex(last, line + 6);
	} else if (last && strncmp(line, "frames :", 8) == 0) {
		add_frames(process, last, line + 8);
	}
}

/* --- names --- */

static const char *outermost_own(const struct stack *stack)
{
	for (size_t i = stack->count; i--;)
		if (stack->frames[i].own)
			return stack->frames[i].function;
	return NULL;
}

static bool same_start(const struct thread *one, const struct thread *other)
{
	const char *a = outermost_own(&one->stack), *b = outermost_own(&other->stack);

	return a && b && strcmp(a, b) == 0;
}

/* Threads that began in the same function are numbered. */
static void name_threads(struct halted *process)
{
	for (size_t i = 0; i < process->count; i++) {
		struct thread *thread = &process->threads[i];
		const char *start = outermost_own(&thread->stack);
		size_t alike = 0, number = 0;
		for (size_t j = 0; j < process->count; j++) {
			bool same = process->threads[j].tid != process->pid && same_start(thread, &process->threads[j]);
			alike += same;
			number += same && j <= i;
		}
		if (!start)
			continue;
		if (thread->tid == process->pid)
			thread->name = mem_copy(process->child ? "main thread of a child" : "main thread");
		else if (alike > 1)
			thread->name = mem_format("thread %s %zu", start, number);
		else
			thread->name = mem_format("thread %s", start);
	}
}

static const char *name_of(const struct halted *process, long tid)
{
	for (size_t i = 0; i < process->count; i++)
		if (process->threads[i].tid == tid)
			return process->threads[i].name ? process->threads[i].name : "a thread of a library";
	return NULL;
}

/* " 'ledger'", " in 'accounts'"; "" when the address is in no variable with static storage. For the caller to free. */
static char *variable(const struct halted *process, uint64_t address)
{
	uint64_t offset = 0;
	const char *name = process->resolver.data(process->resolver.context, address, &offset);

	return name ? mem_format("%s '%s'", offset ? " in" : "", name) : mem_copy("");
}

/* The same of an object that is waited at inside, at one of two places: " 'ledger'" where it is that variable itself. */
static char *variable_from(const struct halted *process, uint64_t address, uint64_t at, uint64_t or_at)
{
	uint64_t found = 0;
	const char *name = process->resolver.data(process->resolver.context, address, &found);

	return name && (found == at || found == or_at) ? mem_format(" '%s'", name) : variable(process, address);
}

/* --- what a thread waits for --- */

/* In the C library's functions, above the program's own code. */
static bool is_inside(const struct thread *thread, const char *part)
{
	for (size_t i = 0; i < thread->stack.count && !thread->stack.frames[i].own; i++)
		if (strstr(thread->stack.frames[i].function, part))
			return true;
	return false;
}

/* ", which thread back holds"; for the caller to free. */
static char *holder(const struct halted *process, const struct thread *thread, long owner)
{
	const char *name = name_of(process, owner);

	if (owner == thread->tid)
		return mem_copy(", which it holds itself");
	if (!owner)
		return mem_copy("");
	/* A fork copies one thread, and all locks. */
	if (!name && process->child)
		return mem_copy(", which a thread holds that the child does not have");
	return name ? mem_format(", which %s holds", name)
		    : mem_copy(", which a thread holds that has ended and not given it back");
}

/* A mutex begins with the word that is waited at; its owner follows after a counter. */
static char *waits_for_mutex(const struct halted *process, const struct thread *thread)
{
	char *name = variable(process, thread->address), *owner = holder(process, thread, thread->words[HERE + 2]);
	char *words = mem_format("waits for the mutex%s%s", name, owner);

	free(name);
	free(owner);
	return words;
}

/* The thread's own number, which the kernel clears when it ends, is what pthread_join() waits at. */
static char *waits_for_thread(const struct halted *process, const struct thread *thread)
{
	const char *name = name_of(process, thread->words[HERE]);

	return mem_format("waits for %s to end", name ? name : "a thread");
}

/* The writer's number stands after the words that are waited at: the third or the fourth of the lock. */
static char *waits_for_rwlock(const struct halted *process, const struct thread *thread)
{
	/* Writers wait at its fourth word, what goes before all else at its third; the first counts readers. */
	bool at_fourth = thread->address % 8 != 0;
	char *name = variable_from(process, thread->address, 8, 12);
	unsigned readers = thread->words[at_fourth ? HERE - 3 : HERE - 2] >> 3;
	const char *writer = NULL;

	for (int at = HERE + 3; at <= HERE + 4 && !writer; at++)
		writer = thread->words[at] ? name_of(process, thread->words[at]) : NULL;
	char *words = writer ? mem_format("waits for the read-write lock%s, which %s holds for writing", name, writer)
		      : readers > 1 ? mem_format("waits for the read-write lock%s, which %u threads hold for reading",
						 name, readers)
		      : readers ? mem_format("waits for the read-write lock%s, which a thread holds for reading", name)
				: mem_format("waits for the read-write lock%s", name);
	free(name);
	return words;
}

/* By the C library's function that it is in. */
static char *waits_in_kernel(const struct thread *thread)
{
	static const struct {
		const char *functions[5], *words;
	} calls[] = {
		{{"read", "readv", "pread64"}, "waits for something to read"},
		{{"write", "writev"}, "waits until it can write"},
		{{"recv", "recvfrom", "recvmsg"}, "waits for something to receive"},
		{{"send", "sendto", "sendmsg"}, "waits until it can send"},
		{{"accept", "accept4"}, "waits for a connection"},
		{{"poll", "ppoll", "select", "pselect", "epoll_wait"}, "waits for one of several descriptors"},
		{{"wait4", "waitpid", "wait", "waitid"}, "waits for a child to end"},
		{{"pause", "sigsuspend", "sigwait", "sigwaitinfo", "sigtimedwait"}, "waits for a signal"},
	};
	const struct frame *frames = thread->stack.frames;

	for (size_t i = 0; i < thread->stack.count && !frames[i].own; i++)
		for (size_t j = 0; j < sizeof calls / sizeof *calls; j++)
			for (size_t k = 0; k < 5 && calls[j].functions[k]; k++)
				if (strcmp(frames[i].function, calls[j].functions[k]) == 0)
					return mem_copy(calls[j].words);
	return NULL;
}

static char *waits_for(const struct halted *process, const struct thread *thread)
{
	static const struct {
		const char *function, *words;
		uint64_t at, or_at; /* in the object: what is waited at */
	} others[] = {
		{"cond_wait", "waits for a signal to the condition", 40, 44},
		{"cnd_wait", "waits for a signal to the condition", 40, 44},
		{"sem_wait", "waits for a post to the semaphore", 0, 0},
		{"barrier_wait", "waits for others at the barrier", 0, 0},
	};

	if (is_inside(thread, "join"))
		return waits_for_thread(process, thread);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (!is_inside(thread, others[i].function))
			continue;
		char *name = variable_from(process, thread->address, others[i].at, others[i].or_at);
		char *words = mem_format("%s%s", others[i].words, name);
		free(name);
		return words;
	}
	if (is_inside(thread, "rwlock"))
		return waits_for_rwlock(process, thread);
	if (is_inside(thread, "mutex") || is_inside(thread, "mtx_lock"))
		return waits_for_mutex(process, thread);
	return NULL;
}

/* --- all --- */

static char *capital(const char *text)
{
	char *copy = mem_copy(text);

	if (*copy >= 'a' && *copy <= 'z')
		*copy = (char)(*copy - 'a' + 'A');
	return copy;
}

static void add_standing(const struct halted *process, struct thread *thread, struct observation *seen)
{
	char *waits = thread->waits ? waits_for(process, thread) : waits_in_kernel(thread),
	     *name = capital(thread->name);
	char *role = mem_format("%s %s", name, waits ? waits : "stands");
	struct stack *stack = observation_add_standing(seen, role);

	stack->frames = thread->stack.frames;
	stack->count = thread->stack.count;
	thread->stack = (struct stack){0};
	free(role);
	free(name);
	free(waits);
}

static void end_process(struct halted *process, struct observation *seen)
{
	name_threads(process);
	for (size_t i = 0; i < process->count; i++)
		if (process->threads[i].name)
			add_standing(process, &process->threads[i], seen);
	for (size_t i = 0; i < process->count; i++) {
		free(process->threads[i].name);
		stack_release(&process->threads[i].stack);
	}
	free(process->threads);
	*process = (struct halted){0};
}

/* The text of the next line, for the caller to free; *bytes goes on. NULL at the end, and for a line that is cut. */
static char *next_line(const char **bytes, const char *end)
{
	const char *start = *bytes, *newline = start < end ? memchr(start, '\n', (size_t)(end - start)) : NULL;

	if (!newline)
		return NULL;
	*bytes = newline + 1;
	return mem_copy_n(start, (size_t)(newline - start));
}

/* What stands between "maps" and "end maps", for the caller to free. */
static char *read_maps(const char **bytes, const char *end)
{
	const char *start = *bytes, *stop = start;

	for (char *line; (line = next_line(bytes, end)); free(line)) {
		if (strcmp(line, "end maps") == 0) {
			free(line);
			break;
		}
		stop = *bytes;
	}
	return mem_copy_n(start, (size_t)(stop - start));
}

void standing_read(const char *bytes, size_t length, const struct run *run,
		   struct standing_resolver (*open)(const char *maps, const struct run *run),
		   void (*close)(struct standing_resolver *resolver), struct observation *seen)
{
	const char *end = bytes + length;
	struct halted process = {0};
	bool opened = false;
	size_t processes = 0;

	for (char *line; (line = next_line(&bytes, end)); free(line)) {
		if (sscanf(line, "process %ld", &process.pid) == 1) {
			process.child = processes++ > 0 && !run->tests;
			continue;
		}
		if (strcmp(line, "maps") == 0 && !opened) {
			char *maps = read_maps(&bytes, end);
			process.resolver = open(maps, run);
			opened = true;
			free(maps);
		} else if (strcmp(line, "end process") == 0 && opened) {
			struct standing_resolver resolver = process.resolver;
			end_process(&process, seen);
			close(&resolver);
			opened = false;
		} else if (opened) {
			read_line(&process, line);
		}
	}
	struct standing_resolver resolver = process.resolver;
	if (opened) {
		end_process(&process, seen);
		close(&resolver);
	}
}

/* --- the file --- */

static size_t code_at(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	return symbolizer_code(context, pc, places, room);
}

static const char *data_at(void *context, uint64_t address, uint64_t *offset)
{
	return symbolizer_data(context, address, offset);
}

static struct standing_resolver open_symbolizer(const char *maps, const struct run *run)
{
	return (struct standing_resolver){
		.code = code_at, .data = data_at, .context = symbolizer_open(maps), .run = run};
}

static void close_symbolizer(struct standing_resolver *resolver)
{
	symbolizer_close(resolver->context);
}

void standing_collect(const struct run *run, struct observation *seen)
{
	size_t length;
	char *bytes = report_read(run, "stacks", &length);

	if (bytes)
		standing_read(bytes, length, run, open_symbolizer, close_symbolizer, seen);
	free(bytes);
}
