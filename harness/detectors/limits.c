#include "limits.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gelf.h>

#include "report_files.h"

static const char *const timers[] = {"timer_create", "mq_notify", "getaddrinfo_a", "aio_read", "aio_write", NULL};
static const char *const limits_of_memory[] = {"setrlimit", "setrlimit64", "prlimit", "prlimit64", NULL};
static const char *const execs[] = {"execve", "execv",	"execvp",  "execvpe", "execl",
				    "execlp", "execle", "fexecve", NULL};
static const char *const threads_h[] = {"thrd_create", "thrd_join",	"mtx_lock",	 "mtx_init",
					"cnd_wait",    "cnd_signal",	"call_once",	 "tss_create",
					"thrd_exit",   "mtx_timedlock", "cnd_timedwait", NULL};

/* The first that fits counts. */
static const struct limit {
	const char *detector;	      /* "valgrind": all three tools; NULL: any */
	const char *words;	      /* on standard error; NULL: none are needed */
	const char *const *functions; /* that the program calls; NULL: whichever */
	enum fault fault;
	enum ending ending; /* of the program's fault; of a tool's, ENDED_BY_SIGNAL when only that is its doing */
	const char *why;
} limits[] = {
	{"tsan", "ThreadSanitizer: CHECK failed: sanitizer_thread_registry", NULL, FAULT_PROGRAM, ENDED_AT_A_CALL,
	 "it joins or detaches a thread that has been joined or detached already, or that never was one: "
	 "ThreadSanitizer's runtime ends the program at that call"},
	{"tsan", "ThreadSanitizer: CHECK failed: sanitizer_deadlock_detector", NULL, FAULT_UNFIT, ENDED_BY_ITSELF,
	 "a thread holds more than 64 locks at once, and ThreadSanitizer's search for deadlocks has room for 64; the "
	 "other detectors have no such limit"},
	{"tsan", "ERROR: Failed to mmap", limits_of_memory, FAULT_UNFIT, ENDED_BY_ITSELF,
	 "the program limits its own memory, as by setrlimit(RLIMIT_AS), and ThreadSanitizer needs more addresses than that; "
	 "the others have no such limit"},
	{"tsan", "ThreadSanitizer failed to allocate ", limits_of_memory, FAULT_UNFIT, ENDED_BY_ITSELF,
	 "the program limits its own memory, as by setrlimit(RLIMIT_AS), and ThreadSanitizer needs more addresses than that; "
	 "the others have no such limit"},
	{"valgrind", "Max number of threads is too low", NULL, FAULT_UNFIT, ENDED_BY_ITSELF,
	 "the program has more threads at once than Valgrind was told to make room for; ThreadSanitizer has room for "
	 "more"},
	{"tsan", NULL, threads_h, FAULT_UNFIT, ENDED_BY_ITSELF,
	 "ThreadSanitizer does not know <threads.h>: a thread that thrd_create() starts crashes under it; Helgrind, "
	 "memcheck and the budget do"},
	{"drd", NULL, threads_h, FAULT_UNFIT, ENDED_BY_ITSELF,
	 "DRD does not know <threads.h>: a thread that thrd_create() starts crashes under it; Helgrind, memcheck and "
	 "the budget do"},
	{"tsan", NULL, timers, FAULT_UNFIT, ENDED_BY_SIGNAL,
	 "ThreadSanitizer does not know the threads that the C library starts for itself, as for a timer with SIGEV_THREAD: "
	 "one that runs the program's code crashes under it; the others have no such limit"},
	{NULL, NULL, execs, FAULT_PROGRAM, ENDED_REPLACED,
	 "it becomes another program by exec(), with which no detector goes: what was seen until then counts"},
};

static bool imports(Elf *elf, Elf_Scn *section, const char *const *functions)
{
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNSYM || !header.sh_entsize)
		return false;
	Elf_Data *data = elf_getdata(section, NULL);
	for (size_t i = 0; data && i < header.sh_size / header.sh_entsize; i++) {
		if (!gelf_getsym(data, (int)i, &symbol) || symbol.st_shndx != SHN_UNDEF)
			continue;
		const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
		for (size_t j = 0; name && functions[j]; j++)
			if (strcmp(name, functions[j]) == 0)
				return true;
	}
	return false;
}

bool program_imports(const char *executable, const char *const *functions)
{
	int file = open(executable, O_RDONLY | O_CLOEXEC);
	bool found = false;

	elf_version(EV_CURRENT);
	Elf *elf = file >= 0 ? elf_begin(file, ELF_C_READ, NULL) : NULL;
	for (Elf_Scn *section = NULL; elf && !found && (section = elf_nextscn(elf, section));)
		found = imports(elf, section, functions);
	elf_end(elf);
	if (file >= 0)
		close(file);
	return found;
}

static bool is_of(const struct limit *limit, const char *detector)
{
	static const char *const tools[] = {"helgrind", "drd", "memcheck"};

	if (!limit->detector)
		return true;
	if (strcmp(limit->detector, "valgrind") != 0)
		return strcmp(limit->detector, detector) == 0;
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (strcmp(tools[i], detector) == 0)
			return true;
	return false;
}

void limits_explain(const struct run *run, const char *detector, struct observation *seen)
{
	size_t length;
	char *text = seen->fault != FAULT_NONE ? report_read(run, "stderr", &length) : NULL;

	for (size_t i = 0; seen->fault != FAULT_NONE && i < sizeof limits / sizeof *limits; i++) {
		const struct limit *limit = &limits[i];
		/* One that has ended otherwise has not come to it. */
		if (limit->ending == ENDED_BY_SIGNAL && seen->ending != ENDED_BY_SIGNAL)
			continue;
		if (limit->ending == ENDED_REPLACED &&
		    (seen->ending != ENDED_BY_ITSELF || seen->fault != FAULT_DETECTOR))
			continue;
		if (!is_of(limit, detector) || (limit->words && (!text || !strstr(text, limit->words))) ||
		    (limit->functions && !program_imports(run->program, limit->functions)))
			continue;
		observation_blame(seen, limit->fault, "%s", limit->why);
		if (limit->fault == FAULT_PROGRAM)
			seen->ending = limit->ending;
		break;
	}
	free(text);
}
