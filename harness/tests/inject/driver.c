/*
 * make inject: every program of the book that claims to be right, with every
 * call that the machine may refuse or interrupt failing once. Fixed programs run
 * as they are; a solution runs in the tests of its exercise, all of whose
 * processes have their n-th call fail.
 *
 *     build/inject                    all of them
 *     build/inject 01-lens retry      those with one of these words in their path; or any program, by its whole path
 *
 * A program passes when it keeps its promise, and gives back what it has taken;
 * or when it says by the words of kit/check.h what it was refused, and ends.
 * Everything else is shown: a crash, a hang, a leak, a promise that is broken or
 * a last line that is not as declared. The last line has the figures; status 1
 * when there is a fault.
 */
#define _GNU_SOURCE /* sigtimedwait() with SIGCHLD, memfd */
#include "inject.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "report/report.h"
#include "workbook/catalogue.h"

enum { WORKERS = 2, MOST_CALLS = 2000, PATIENCE = 75 /* s; the longest limit of a test is half of it */ };
enum symptom { NONE, CRASHED, HUNG, LEAKED, BROKE, FAULTS };

static const char *const kind_names[KINDS] = {"memory", "thread", "descriptor", "accept", "aborted", "short", "signal"};
static const char *const fault_names[FAULTS] = {"", "crashed", "hung", "leaked", "broke its promise"};

/* Of all workers. */
static struct tally {
	unsigned injected, programs, faults[FAULTS];
	unsigned meant, taken; /* programs to be tried; of them those that a worker has begun */
	long start_ms;
} * tally;

struct subject {
	const struct program *program;
	char *binary, *output, *errors, *shared; /* paths */
	struct injection *injection;
	bool tests;
	int32_t kept
		[3]; /* blocks, descriptors, threads that are left when nothing fails: the tests' own, and what a static has */
};

struct run_end {
	int status;
	bool late;
	char *output, *errors;
};

static char *file_for(const char *what, int worker)
{
	char *path = mem_format("build/inject-%s.%d.%d", what, (int)getpid(), worker);
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (file < 0 || ftruncate(file, sizeof(struct injection)) != 0) {
		fprintf(stderr, "cannot make '%s': %s\n", path, strerror(errno));
		exit(3);
	}
	close(file);
	return path;
}

/* Goes through the program's files for the one whose path has this end, or that has this address; false: there is none. */
static bool find_file(const char *binary, const char *end, uint64_t address, uint64_t *from, uint64_t *to, char **place)
{
	int file = open(binary, O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf = dwarf_begin(file, DWARF_C_READ);
	Dwarf_Off at = 0, next;
	size_t header;
	bool found = false;

	for (; dwarf && !found && dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL) == 0; at = next) {
		Dwarf_Die die;
		Dwarf_Addr low, high;
		int line = 0;
		if (!dwarf_offdie(dwarf, at + header, &die) || dwarf_lowpc(&die, &low) || dwarf_highpc(&die, &high))
			continue;
		const char *name = dwarf_diename(&die);
		size_t length = strlen(name), tail = end ? strlen(end) : 0;
		found = end ? length >= tail && strcmp(name + length - tail, end) == 0
			    : address >= low && address < high;
		*from = low;
		*to = high;
		Dwarf_Line *source = found && place ? dwarf_getsrc_die(&die, address - 1) : NULL;
		if (source)
			dwarf_lineno(source, &line);
		if (found && place)
			*place = mem_format("%s:%d", name, line);
	}
	dwarf_end(dwarf);
	close(file);
	return found;
}

/* --- one run --- */

static _Noreturn void become(const struct subject *subject)
{
	int output = open(subject->output, O_WRONLY | O_TRUNC), errors = open(subject->errors, O_WRONLY | O_TRUNC);
	sigset_t none;
	char *injector = mem_format("%s/build/inject.so", getenv("PWD"));
	char *runner = mem_format("%s/build/runner", getenv("PWD"));

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv("INJECT", subject->shared, 1);
	setenv("LD_PRELOAD", injector, 1);
	if (subject->tests)
		setenv("LD_LIBRARY_PATH", runner, 1);
	if (output >= 0 && errors >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0) {
		close(output);
		close(errors);
		execl(subject->binary, subject->binary, (char *)NULL);
	}
	_exit(127);
}

/* True when the child has ended before the end of patience. */
static bool wait_for(pid_t child, int *status)
{
	struct timespec patience = {.tv_sec = PATIENCE};
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	for (;;) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		if (sigtimedwait(&ends, NULL, &patience) < 0 && errno == EAGAIN)
			return false;
	}
}

static struct run_end run(const struct subject *subject)
{
	struct run_end ending = {.late = false};
	pid_t child = fork();

	if (child == 0)
		become(subject);
	if (!wait_for(child, &ending.status)) {
		ending.late = true;
		kill(-child, SIGKILL);
		waitpid(child, &ending.status, 0);
	}
	kill(-child, SIGKILL); /* what it has left behind, if anything */
	ending.output = file_read(subject->output);
	ending.errors = file_read(subject->errors);
	return ending;
}

/* --- what became of it --- */

static unsigned count_words(const char *text, const char *words)
{
	unsigned count = 0;

	for (; text && (text = strstr(text, words)); text += strlen(words))
		count++;
	return count;
}

static bool ends_as_declared(const struct subject *subject, const char *output)
{
	const char *line = subject->program->declaration.last_line;
	size_t length = line ? strlen(line) : 0, size = output ? strlen(output) : 0;

	return size > length && output[size - 1] == '\n' && strncmp(output + size - 1 - length, line, length) == 0 &&
	       (size == length + 1 || output[size - length - 2] == '\n');
}

/* Of tests: each has a process, and each says for itself how it ended. */
static enum symptom judge_tests(const struct run_end *ending)
{
	unsigned refused = count_words(ending->errors, ": cannot go on: ");

	if (ending->late || count_words(ending->errors, " timed out\n"))
		return HUNG;
	if (count_words(ending->errors, " crashed\n") > refused)
		return CRASHED;
	if (count_words(ending->errors, "exercises/"))
		return refused ? NONE : BROKE; /* an assertion after a refusal is about what was not there */
	return NONE;
}

static enum symptom judge(const struct subject *subject, const struct run_end *ending)
{
	const struct injection *has = subject->injection;
	bool exited = WIFEXITED(ending->status);

	if (subject->tests && (!exited || WEXITSTATUS(ending->status) != 0))
		return exited && WEXITSTATUS(ending->status) == 1 ? judge_tests(ending) : CRASHED;
	if (ending->late)
		return HUNG;
	if (!exited)
		return CRASHED;
	if (!subject->tests) {
		if (WEXITSTATUS(ending->status) == 3 && count_words(ending->errors, ": cannot go on: "))
			return NONE;
		if (WEXITSTATUS(ending->status) != 0 || !ends_as_declared(subject, ending->output))
			return BROKE;
	}
	return (int32_t)has->blocks > subject->kept[0] || (int32_t)has->descriptors > subject->kept[1] ||
			       (int32_t)has->threads > subject->kept[2]
		       ? LEAKED
		       : NONE;
}

static void show(const struct subject *subject, enum symptom fault, const struct run_end *ending)
{
	const struct injection *what = subject->injection;
	uint64_t from, to;
	char *place = NULL;

	find_file(subject->binary, NULL, what->where, &from, &to, &place);
	printf("%s %s %s: %s %u", subject->program->pitfall, subject->program->name, fault_names[fault],
	       kind_names[what->kind], (unsigned)what->at);
	printf(" at %s", what->injected ? place ? place : "?" : "no call: nothing was injected");
	if (fault == LEAKED)
		printf(": %u blocks, %u descriptors, %u threads", (unsigned)what->blocks, (unsigned)what->descriptors,
		       (unsigned)what->threads);
	printf("\n%s%s", ending->output && !subject->tests ? ending->output : "", ending->errors ? ending->errors : "");
	fflush(stdout);
	free(place);
}

/* The n-th call of the kind fails, and the others do not. False: there is no n-th call, or it is no use to go on. */
static bool try_one(struct subject *subject, enum kind kind, unsigned at)
{
	struct injection *injection = subject->injection;

	injection->kind = kind;
	injection->at = at;
	injection->injected = injection->ended = injection->blocks = injection->descriptors = injection->threads = 0;
	struct run_end ending = run(subject);
	enum symptom fault = judge(subject, &ending);
	__atomic_add_fetch(&tally->injected, injection->injected, __ATOMIC_RELAXED);
	__atomic_add_fetch(&tally->faults[fault], 1, __ATOMIC_RELAXED);
	if (fault)
		show(subject, fault, &ending);
	free(ending.output);
	free(ending.errors);
	return injection->injected > 0 && fault != HUNG && at < MOST_CALLS;
}

/* Tests are judged by what is left when nothing fails, which the detectors judge; a program must leave nothing. */
static void note_what_is_kept(struct subject *subject)
{
	memset(subject->kept, 0, sizeof subject->kept);
	if (!subject->tests)
		return;
	subject->kept[0] = subject->kept[1] = subject->kept[2] = INT32_MAX;
	try_one(subject, MEMORY, 0);
	subject->kept[0] = (int32_t)subject->injection->blocks;
	subject->kept[1] = (int32_t)subject->injection->descriptors;
	subject->kept[2] = (int32_t)subject->injection->threads;
}

static void try_program(struct subject *subject)
{
	char *stem = mem_copy_n(subject->program->path, strlen(subject->program->path) - strlen(".c"));

	subject->binary = mem_format("build/plain/bin/%s", stem);
	subject->tests = program_has_test(subject->program);
	subject->injection->except_from = subject->injection->except_to = 0;
	if (subject->tests)
		find_file(subject->binary, "/test.c", 0, &subject->injection->except_from,
			  &subject->injection->except_to, NULL);
	note_what_is_kept(subject);
	for (int kind = 0; kind < KINDS; kind++)
		for (unsigned at = 1; try_one(subject, kind, at); at++)
			;
	__atomic_add_fetch(&tally->programs, 1, __ATOMIC_RELAXED);
	free(subject->binary);
	free(stem);
}

/* --- which programs --- */

static bool is_meant(const struct program *program, char *const *words)
{
	bool right = program->role == ROLE_FIXED || program->role == ROLE_SOLUTION || program->role == ROLE_ALSO_RIGHT;

	for (char *const *word = words; *word; word++)
		if (strcmp(program->path, *word) == 0 || (right && strstr(program->path, *word)))
			return true;
	return right && !*words;
}

/* Says on a terminal how far all workers are. */
static void show_progress(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	char *left = progress_left(tally->programs, tally->meant - tally->programs, clock_now_ms() - tally->start_ms);
	fprintf(stderr, "\r%u of %u programs, %u faults injected%s   ", tally->programs, tally->meant, tally->injected,
		left);
	free(left);
}

static void work(const struct catalogue *catalogue, char *const *words, int worker)
{
	struct subject subject = {.output = file_for("output", worker), .errors = file_for("errors", worker)};
	unsigned number = 0, mine = __atomic_fetch_add(&tally->taken, 1, __ATOMIC_RELAXED);

	subject.shared = file_for("shared", worker);
	int shared = open(subject.shared, O_RDWR | O_CLOEXEC);
	subject.injection = mmap(NULL, sizeof *subject.injection, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
	for (size_t i = 0; i < catalogue->count && subject.injection != MAP_FAILED; i++)
		if (is_meant(&catalogue->programs[i], words) && number++ == mine) {
			subject.program = &catalogue->programs[i];
			try_program(&subject);
			show_progress();
			mine = __atomic_fetch_add(&tally->taken, 1, __ATOMIC_RELAXED);
		}
	unlink(subject.output);
	unlink(subject.errors);
	unlink(subject.shared);
	exit(subject.injection == MAP_FAILED ? 3 : 0);
}

int main(int count, char **arguments)
{
	struct catalogue catalogue;
	sigset_t ends;
	int status = 0, failed = 0;

	(void)count;
	tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *root = getcwd(NULL, 0);
	if (tally == MAP_FAILED || !root)
		return 3;
	setenv("PWD", root, 1);
	catalogue_load(&catalogue, root);
	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	for (size_t i = 0; i < catalogue.count; i++)
		tally->meant += is_meant(&catalogue.programs[i], arguments + 1);
	tally->start_ms = clock_now_ms();
	fflush(stdout);
	for (int worker = 0; worker < WORKERS; worker++)
		if (fork() == 0)
			work(&catalogue, arguments + 1, worker);
	for (int worker = 0; worker < WORKERS; worker++)
		failed |= wait(&status) < 0 || status != 0;
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
	printf("%u faults injected into %u programs: %u crashed, %u hung, %u leaked, %u broke a promise\n",
	       tally->injected, tally->programs, tally->faults[CRASHED], tally->faults[HUNG], tally->faults[LEAKED],
	       tally->faults[BROKE]);
	catalogue_release(&catalogue);
	free(root);
	if (failed || !tally->programs)
		return 3;
	return tally->faults[NONE] && !tally->faults[CRASHED] && !tally->faults[HUNG] && !tally->faults[LEAKED] &&
			       !tally->faults[BROKE]
		       ? 0
		       : 1;
}
