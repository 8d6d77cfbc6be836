/* Where each thread stands. See stacks.h. */
#define _GNU_SOURCE /* process_vm_readv(), PTRACE_SEIZE */
#include "stacks.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include <elfutils/libdwfl.h>

enum { THREADS = 64, FRAMES = 64, WORDS = 12, WORDS_BEFORE = 3, STOP_MS = 2000, STEP_MS = 2, INSTRUCTION = 4 };

/* What a thread asks of the kernel. */
struct call {
	long number; /* -1: nothing */
	unsigned long address, stack, pc;
};

struct victim {
	pid_t pid;
	pid_t tids
		[THREADS]; /* those that are stopped; by the number of the first, for that of an ended one shows nothing */
	struct call before[THREADS]; /* of each, when it was not stopped yet */
	size_t count;
	FILE *out;
};

static struct call call_of(const struct victim *victim, pid_t tid)
{
	char path[64], text[512] = "";
	struct call call = {.number = -1};

	snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", (int)victim->pid, (int)tid);
	FILE *file = fopen(path, "re");
	bool got = file && fgets(text, sizeof text, file);
	if (file)
		fclose(file);
	if (got && sscanf(text, "%ld %lx %*x %*x %*x %*x %*x %lx %lx", &call.number, &call.address, &call.stack,
			  &call.pc) != 4) {
		call = (struct call){.number = -1};
		sscanf(text, "-1 %lx %lx", &call.stack, &call.pc);
	}
	return call;
}

static void find_threads(struct victim *victim)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/task", (int)victim->pid);
	DIR *tasks = opendir(path);
	for (struct dirent *task; tasks && victim->count < THREADS && (task = readdir(tasks));)
		if (task->d_name[0] != '.')
			victim->tids[victim->count++] = (pid_t)atoi(task->d_name);
	if (tasks)
		closedir(tasks);
}

/* Asked to stop, a thread that is in the middle of something long does so later, or never. */
static bool stop_thread(pid_t tid)
{
	const struct timespec step = {.tv_nsec = STEP_MS * 1000000};
	int status;

	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) != 0)
		return false;
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0)
		for (int waited = 0; waited < STOP_MS; waited += STEP_MS) {
			pid_t got = waitpid(tid, &status, __WALL | WNOHANG);
			if (got == tid && WIFSTOPPED(status))
				return true;
			if (got != 0)
				return false;
			nanosleep(&step, NULL);
		}
	return false;
}

static void stop_all(struct victim *victim)
{
	size_t stopped = 0;

	for (size_t i = 0; i < victim->count; i++) {
		struct call before = call_of(victim, victim->tids[i]);
		if (!stop_thread(victim->tids[i]))
			continue;
		victim->before[stopped] = before;
		victim->tids[stopped++] = victim->tids[i];
	}
	victim->count = stopped;
}

static void write_maps(const struct victim *victim)
{
	char path[64], chunk[4096];
	size_t got;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)victim->tids[0]);
	FILE *maps = fopen(path, "re");
	fputs("maps\n", victim->out);
	while (maps && (got = fread(chunk, 1, sizeof chunk, maps)) > 0)
		fwrite(chunk, 1, got, victim->out);
	if (maps)
		fclose(maps);
	fputs("end maps\n", victim->out);
}

/*
 * The call that a stopped thread was stopped in. Where the kernel forgets it at the stop, as on aarch64, it is the one
 * from before, if the thread stands where it stood: at the call, or at the instruction that will make it again.
 */
static struct call call_at_stop(const struct victim *victim, size_t which)
{
	const struct call *before = &victim->before[which];
	struct call now = call_of(victim, victim->tids[which]);
	bool stays = now.stack && now.stack == before->stack && before->pc - now.pc <= INSTRUCTION;

	return now.number < 0 && stays ? *before : now;
}

static void write_futex(const struct victim *victim, size_t which)
{
	pid_t tid = victim->tids[which];
	struct call call = call_at_stop(victim, which);
	uint32_t words[WORDS] = {0};

	if (call.number != SYS_futex)
		return;
	fprintf(victim->out, "futex %lx :", call.address);
	for (int i = 0; i < WORDS; i++) {
		struct iovec here = {&words[i], 4};
		struct iovec there = {(void *)(call.address + 4UL * (unsigned long)i - 4UL * WORDS_BEFORE), 4};
		/* What lies before the page is not always memory. */
		if (process_vm_readv(tid, &here, 1, &there, 1, 0) != 4)
			words[i] = 0;
		fprintf(victim->out, " %x", words[i]);
	}
	putc('\n', victim->out);
}

struct frames {
	FILE *out;
	int count;
};

static int write_frame(Dwfl_Frame *frame, void *context)
{
	struct frames *frames = context;
	bool exact;
	Dwarf_Addr pc;

	if (!dwfl_frame_pc(frame, &pc, &exact) || frames->count++ == FRAMES)
		return DWARF_CB_ABORT;
	fprintf(frames->out, " %llx", (unsigned long long)(exact ? pc : pc - 1));
	return DWARF_CB_OK;
}

static int no_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, const char *file_name,
			const char *link_file, GElf_Word link_crc, char **found)
{
	(void)module, (void)data, (void)name, (void)base, (void)file_name, (void)link_file, (void)link_crc;
	(void)found;
	return -1;
}

static void write_threads(const struct victim *victim)
{
	static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_linux_proc_find_elf, .find_debuginfo = no_debuginfo};
	Dwfl *dwfl = dwfl_begin(&callbacks);
	bool attached = dwfl && dwfl_linux_proc_report(dwfl, victim->tids[0]) == 0 &&
			dwfl_report_end(dwfl, NULL, NULL) == 0 &&
			dwfl_linux_proc_attach(dwfl, victim->tids[0], true) == 0;

	for (size_t i = 0; i < victim->count; i++) {
		struct frames frames = {.out = victim->out};
		fprintf(victim->out, "thread %d\n", (int)victim->tids[i]);
		write_futex(victim, i);
		fputs("frames :", victim->out);
		if (attached)
			dwfl_getthread_frames(dwfl, victim->tids[i], write_frame, &frames);
		fputs("\nend thread\n", victim->out);
	}
	if (dwfl)
		dwfl_end(dwfl);
}

void stacks_take(const pid_t *pids, size_t count, FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		struct victim victim = {.pid = pids[i], .out = out};

		find_threads(&victim);
		stop_all(&victim);
		if (!victim.count)
			continue;
		fprintf(out, "process %d\n", (int)pids[i]);
		write_maps(&victim);
		write_threads(&victim);
		fputs("end process\n", out);
		for (size_t j = 0; j < victim.count; j++)
			ptrace(PTRACE_DETACH, victim.tids[j], NULL, NULL);
	}
}
