/* Findings from ThreadSanitizer's records. See tsan_findings.h. */
#include "tsan_findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MAX_INLINED = 8 };

/* The bit that the runtime sets in a PC that another tool gave it. */
static const uint64_t EXTERNAL_PC = UINT64_C(1) << 60;

struct making {
	const struct tsan_resolver *resolver;
	const struct tsan_report *report;
	struct finding *finding;
};

/* The runtime's own functions carry the name of what they stand in for. */
static const char *plain_name(const char *function)
{
	static const char *const marks[] = {"interceptor_trampoline_", "interceptor_"};

	if (!function)
		return "?";
	const char *name = function + strspn(function, "_");
	for (size_t i = 0; name != function && i < sizeof marks / sizeof *marks; i++)
		if (strncmp(name, marks[i], strlen(marks[i])) == 0)
			return name + strlen(marks[i]);
	return function;
}

static size_t resolve(const struct making *making, uint64_t pc, struct code_place *places, size_t room)
{
	/* A return address can be past the end of the line, and even of the function, that called. */
	return making->resolver->code(making->resolver->context, (pc & ~EXTERNAL_PC) - 1, places, room);
}

static void add_stack(struct making *making, const char *role, const struct tsan_part *part)
{
	struct stack *stack = finding_add_stack(making->finding, role);
	struct code_place places[MAX_INLINED];

	for (size_t i = 0; i < part->trace_count; i++) {
		size_t count = resolve(making, part->trace[i], places, MAX_INLINED);
		for (size_t j = 0; j < count; j++)
			stack_add_frame(stack, plain_name(places[j].function), places[j].file, places[j].line,
					run_owns(making->resolver->run, places[j].file));
	}
}

/* The outermost own function of a stack: in a thread's stack, where the thread started. NULL when there is none. */
static const char *outermost_own(const struct making *making, const struct tsan_part *part)
{
	struct code_place places[MAX_INLINED];

	for (size_t i = part->trace_count; i--;) {
		size_t count = resolve(making, part->trace[i], places, MAX_INLINED);
		for (size_t j = count; j--;)
			if (places[j].function && run_owns(making->resolver->run, places[j].file))
				return places[j].function;
	}
	return NULL;
}

/* "main thread", "thread worker" by its start routine, "another thread"; for the caller to free. */
static char *thread_name(const struct making *making, int tid)
{
	const struct tsan_report *report = making->report;
	const char *start = NULL;

	if (tid == 0)
		return mem_copy("main thread");
	for (size_t i = 0; i < report->count && !start; i++)
		if (report->parts[i].tid == tid &&
		    (report->parts[i].what == TSAN_MOP || report->parts[i].what == TSAN_LOC))
			start = outermost_own(making, &report->parts[i]);
	/* The stacks of a cycle come in pairs, in the order of its threads. */
	size_t pairs = tsan_part_count(report, TSAN_TID), stacks = tsan_part_count(report, TSAN_STACK);
	for (size_t i = 0; i < pairs && stacks == 2 * pairs && !start; i++)
		if (tsan_part(report, TSAN_TID, i)->tid == tid)
			start = outermost_own(making, tsan_part(report, TSAN_STACK, 2 * i));
	return start ? mem_format("thread %s", start) : mem_copy("another thread");
}

/* "'ledger'", "'accounts' + 40"; NULL when the address is in no variable with static storage. For the caller to free. */
static char *variable_name(const struct making *making, uint64_t address)
{
	uint64_t offset = 0;
	const char *name = making->resolver->data(making->resolver->context, address, &offset);

	if (!name)
		return NULL;
	return offset ? mem_format("'%s' + %llu", name, (unsigned long long)offset) : mem_format("'%s'", name);
}

/* "mutex 'ledger'", or its number in this report; for the caller to free. */
static char *mutex_name(const struct making *making, size_t n)
{
	const struct tsan_part *mutex = tsan_part(making->report, TSAN_MUTEX, n);
	char *variable = mutex ? variable_name(making, mutex->address) : NULL;
	char *name = variable ? mem_format("mutex %s", variable) : mem_format("mutex M%zu", n);

	free(variable);
	return name;
}

static void set_words(struct finding *finding, char *words)
{
	free(finding->words);
	finding->words = words;
}

/* --- accesses --- */

/* Two threads that started in the same function are told apart; for the caller to free. */
static char *other_thread_name(const struct making *making, int tid)
{
	int first = tsan_part(making->report, TSAN_MOP, 0)->tid;
	char *name = thread_name(making, tid), *first_name = thread_name(making, first);
	bool alike = tid != first && strncmp(name, "thread ", 7) == 0 && strcmp(name, first_name) == 0;
	char *told_apart = alike ? mem_format("another %s", name) : mem_copy(name);

	free(name);
	free(first_name);
	return told_apart;
}

static void add_accesses(struct making *making)
{
	bool after_free = strstr(making->report->kind, "use-after-free");
	const struct tsan_part *mop;

	for (size_t i = 0; (mop = tsan_part(making->report, TSAN_MOP, i)); i++) {
		char *thread = i ? other_thread_name(making, mop->tid) : thread_name(making, mop->tid), *role;
		const char *verb = mop->write ? "write" : "read";
		if (i > 0 && after_free)
			role = mem_format("Freed by %s", thread);
		else
			role = mem_format("%s%s%s of size %ld by %s", i ? "Previous " : "",
					  mop->atomic ? (i ? "atomic " : "Atomic ") : "",
					  i || mop->atomic ? verb : (mop->write ? "Write" : "Read"), mop->size, thread);
		add_stack(making, role, mop);
		free(role);
		free(thread);
	}
}

/* What the accesses are to, for the headline; for the caller to free. */
static char *location_words(struct making *making)
{
	const struct tsan_part *loc = tsan_part(making->report, TSAN_LOC, 0);
	const struct tsan_part *mop = tsan_part(making->report, TSAN_MOP, 0);

	if (loc && strcmp(loc->type, "heap") == 0)
		return mem_format(" on a heap block of %ld bytes", loc->size);
	if (loc && (strcmp(loc->type, "stack") == 0 || strcmp(loc->type, "tls") == 0)) {
		char *thread = thread_name(making, loc->tid);
		char *words =
			mem_format(" on the %s of %s", loc->type[0] == 's' ? "stack" : "thread-local data", thread);
		free(thread);
		return words;
	}
	if (loc && strcmp(loc->type, "fd") == 0)
		return mem_copy(" on a file descriptor");
	char *variable = mop ? variable_name(making, mop->address) : NULL;
	char *words = variable ? mem_format(" on %s", variable) : mem_copy("");
	free(variable);
	return words;
}

static void add_location_stack(struct making *making)
{
	const struct tsan_part *loc = tsan_part(making->report, TSAN_LOC, 0);

	if (!loc || loc->trace_count == 0)
		return;
	char *thread = thread_name(making, loc->tid);
	char *role = strcmp(loc->type, "fd") == 0
			     ? mem_format("File descriptor created by %s", thread)
			     : mem_format("Heap block of %ld bytes allocated by %s", loc->size, thread);
	add_stack(making, role, loc);
	free(role);
	free(thread);
}

/* --- mutexes and threads --- */

static void add_cycle(struct making *making)
{
	const struct tsan_report *report = making->report;
	size_t mutexes = tsan_part_count(report, TSAN_MUTEX), stacks = tsan_part_count(report, TSAN_STACK);

	for (size_t i = 0; i < stacks; i++) {
		const struct tsan_part *tid = tsan_part(report, TSAN_TID, i / 2);
		bool paired = stacks == 2 * mutexes && tid;
		char *held = mutex_name(making, i / 2),
		     *taken = mutex_name(making, mutexes ? (i / 2 + 1) % mutexes : 0);
		char *thread = paired ? thread_name(making, tid->tid) : mem_copy("a thread");
		char *role;
		if (!paired)
			role = mem_copy("Acquired");
		else if (i % 2 == 0)
			role = mem_format("Acquired %s while holding %s, by %s", taken, held, thread);
		else
			role = mem_format("Acquired %s before that, by the same thread", held);
		add_stack(making, role, tsan_part(report, TSAN_STACK, i));
		free(role);
		free(thread);
		free(held);
		free(taken);
	}
}

static void add_plain_stacks(struct making *making)
{
	const struct tsan_part *stack;

	for (size_t i = 0; (stack = tsan_part(making->report, TSAN_STACK, i)); i++)
		add_stack(making, i ? "Before that" : "Here", stack);
}

/*
 * A mutex without a name is known by where it was made. Of a race the runtime tells which mutexes were held, not at which
 * access (only its text says that, which the program could forge); at both it cannot have been, but for reading.
 */
static void add_mutex_stacks(struct making *making)
{
	bool race = tsan_part(making->report, TSAN_MOP, 0);
	const struct tsan_part *mutex;
	uint64_t offset;

	for (size_t i = 0; (mutex = tsan_part(making->report, TSAN_MUTEX, i)); i++) {
		if (mutex->trace_count == 0 ||
		    (!race && making->resolver->data(making->resolver->context, mutex->address, &offset)))
			continue;
		char *name = mutex_name(making, i);
		char *role =
			mem_format("First use of %s%s", name, race ? ", which was held at one of the accesses" : "");
		add_stack(making, role, mutex);
		free(role);
		free(name);
	}
}

static void add_thread_stacks(struct making *making)
{
	const struct tsan_part *thread;

	for (size_t i = 0; (thread = tsan_part(making->report, TSAN_THREAD, i)); i++) {
		if (thread->tid == 0 || thread->trace_count == 0)
			continue;
		char *name = thread_name(making, thread->tid), *parent = thread_name(making, thread->parent);
		/* A thread that leaked has ended: nothing of it is left but where it came from. */
		char *role = strcmp(making->report->kind, "thread-leak") == 0
				     ? mem_format("Thread created by %s", parent)
				     : mem_format("Created %s, by %s", name, parent);
		add_stack(making, role, thread);
		free(role);
		free(name);
		free(parent);
	}
}

/* --- the headline --- */

/* The runtime's own; of a kind that is unknown, its name. */
static const char *headline_of(const char *name)
{
	for (const struct kind *kind = tsan_kinds; kind->name; kind++)
		if (strcmp(kind->name, name) == 0)
			return kind->headline;
	return name;
}

static void write_headline(struct making *making)
{
	const struct tsan_report *report = making->report;
	char *where = tsan_part(report, TSAN_MOP, 0) ? location_words(making) : mem_copy("");
	bool by_luck = tsan_part(report, TSAN_SLEEP, 0);
	set_words(making->finding, mem_format("%s%s%s", headline_of(report->kind), where,
					      by_luck ? ", ordered by nothing but a sleep" : ""));
	free(where);
}

static void write_cycle_headline(struct making *making)
{
	size_t mutexes = tsan_part_count(making->report, TSAN_MUTEX);
	char *words = mem_copy("lock order inversion: ");

	for (size_t i = 0; i <= mutexes && mutexes; i++) {
		char *name = mutex_name(making, i % mutexes);
		char *longer = mem_format("%s%s%s", words, i ? " => " : "", name);
		free(words);
		free(name);
		words = longer;
	}
	set_words(making->finding, words);
}

static bool is_c_library(const struct code_place *place)
{
	const char *slash = place->object ? strrchr(place->object, '/') : NULL;

	return slash && strcmp(slash, "/libc.so.6") == 0;
}

/*
 * The C library frees what it keeps of the time zone and of the machine's addresses under locks of its own, which the
 * runtime does not see. True when the library itself, and no program, both allocated the block and freed it: each access
 * is one of malloc() or free(), called from there, and the free() from a function that the library does not export, as
 * freeaddrinfo() is. What Helgrind and DRD make of the same stands in detectors/valgrind/libc.supp.
 */
static bool is_libraries_own_block(const struct making *making)
{
	static const char *const allocators[] = {"malloc", "calloc", "realloc", "free"};
	const struct tsan_part *mop;
	struct code_place place, caller;
	bool inside = false;

	for (size_t i = 0; (mop = tsan_part(making->report, TSAN_MOP, i)); i++) {
		size_t which = 0;
		if (mop->trace_count < 2 || resolve(making, mop->trace[0], &place, 1) != 1 ||
		    resolve(making, mop->trace[1], &caller, 1) != 1 || !is_c_library(&caller))
			return false;
		while (which < 4 && strcmp(plain_name(place.function), allocators[which]) != 0)
			which++;
		if (which == 4)
			return false;
		inside = inside || (strcmp(allocators[which], "free") == 0 && !caller.function);
	}
	return inside;
}

void tsan_findings_add(const struct tsan_records *records, const struct tsan_resolver *resolver,
		       struct findings *findings)
{
	for (size_t i = 0; i < records->count; i++) {
		struct making making = {.resolver = resolver, .report = &records->reports[i]};
		if (is_libraries_own_block(&making))
			continue;
		making.finding = findings_add(findings, making.report->kind);
		add_accesses(&making);
		if (strcmp(making.report->kind, "lock-order-inversion") == 0) {
			add_cycle(&making);
			write_cycle_headline(&making);
		} else {
			add_plain_stacks(&making);
			write_headline(&making);
		}
		add_location_stack(&making);
		add_mutex_stacks(&making);
		add_thread_stacks(&making);
		finding_place(making.finding);
	}
}

/* --- a join that the runtime does not survive --- */

/* Where the file of this name begins in memory; 0 when it does not. */
static uint64_t base_of(const char *maps, const char *name, size_t length)
{
	unsigned long long start, offset;

	for (const char *line = maps; *line; line += strspn(line, "\n")) {
		size_t width = strcspn(line, "\n");
		if (sscanf(line, "%llx-%*x %*s %llx", &start, &offset) == 2 && offset == 0 && width > length &&
		    line[width - length - 1] == '/' && strncmp(line + width - length, name, length) == 0)
			return start;
		line += width;
	}
	return 0;
}

/* A line such as "    #4 <null> <null> (program+0xd0178) (BuildId: ...)": the address in it; 0 when it is none. */
static uint64_t address_in(const char *line, const char *maps)
{
	const char *open = strchr(line, '('), *end = strchr(line, '\n');
	const char *plus = open ? strstr(open, "+0x") : NULL;

	if (line[strspn(line, " ")] != '#' || !plus || (end && plus > end))
		return 0;
	uint64_t base = base_of(maps, open + 1, (size_t)(plus - open - 1));
	return base ? base + strtoull(plus + 1, NULL, 16) : 0;
}

void tsan_invalid_join_add(const char *words, const char *maps, const struct tsan_resolver *resolver,
			   struct findings *findings)
{
	static const char mark[] = "ThreadSanitizer: CHECK failed: sanitizer_thread_registry";
	const char *line = strstr(words, mark);
	uint64_t trace[64];
	struct tsan_part part = {.what = TSAN_STACK, .trace = trace};
	struct making making = {.resolver = resolver};

	while (line && (line = strchr(line, '\n')) && part.trace_count < sizeof trace / sizeof *trace) {
		uint64_t address = address_in(++line, maps);
		if (!address)
			break;
		trace[part.trace_count++] = address;
	}
	if (!part.trace_count)
		return;
	making.finding = findings_add(findings, "invalid-join");
	set_words(making.finding, mem_copy(headline_of("invalid-join")));
	add_stack(&making, "Here", &part);
	finding_place(making.finding);
}
