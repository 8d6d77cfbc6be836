/*
 * The first of ours inside a sandbox: starts one program under limits, hands on
 * what comes through the run's channel, and brings out the files that are to stay.
 *
 *     inside [OPTION...] -- PROGRAM [ARGUMENT...]
 *
 *     --set NAME=VALUE    in the program's environment, which is empty otherwise
 *     --relay 1           descriptor 3 is the channel: the program gets another in its place, and each message that comes
 *                         through that is sent on with the number of its sender in front of it
 *     --keep DIRECTORY    its plain files are copied to the directory that is descriptor 4, once the program has ended
 *     --processes N       so many processes and threads at once; nothing for root
 *     --cpu SECONDS       of processor time for each process
 *     --file BYTES        of each file
 *     --data BYTES        of each process's own memory; for what is not a sanitizer's program
 *     --memory BYTES      of all processes together: when they have more, all that the program has started are killed,
 *                         and with --keep there is a file "full"
 *     --kills DESCRIPTOR  in which the kernel counts what it has killed for its memory, "oom_kill N": from the first on,
 *                         the same
 *
 * The harness, which reads the channel outside, knows processes by other numbers than
 * they have in here, where their reports are written: in here the kernel says which they are.
 *
 * The program is the same user's as this process, whose memory and descriptors are
 * closed to it: it is not dumpable. A program that kills it takes away the results of
 * the run, and that is an error.
 *
 * Exit status: the program's, 128 and the signal that killed it, 127 when it did
 * not start; 3 when a limit could not be set or a file could not be kept.
 */
#define _GNU_SOURCE /* close_range(), SCM_CREDENTIALS, SEEK_DATA, clearenv() */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wire/channel.h"

enum { OUTSIDE = 3, KEPT = 4, MOST_SET = 32, MOST_DESCRIPTORS = 4, LOOK_MS = 200, MOST_FILES = 16 };

static struct {
	char *set[MOST_SET];
	size_t set_count;
	const char *keep;
	long long relay, processes, cpu, file, data, memory, kills;
	char **program;
} job;

static bool full; /* the memory was */

static struct {
	int outside, inner, others; /* `others` is a copy of the program's end: its end is nobody's shutdown() */
} ends = {-1, -1, -1};

__attribute__((format(printf, 1, 2))) static _Noreturn void give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("inside: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(3);
}

static void take_number(const char *name, const char *word)
{
	static const struct {
		const char *name;
		long long *value;
	} numbers[] = {{"--relay", &job.relay}, {"--processes", &job.processes}, {"--cpu", &job.cpu},
		       {"--file", &job.file},	{"--data", &job.data},		 {"--memory", &job.memory},
		       {"--kills", &job.kills}};
	char *end;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(name, numbers[i].name) == 0) {
			*numbers[i].value = strtoll(word, &end, 10);
			if (*end || *numbers[i].value <= 0)
				give_up("%s needs a number above zero, not '%s'", name, word);
			return;
		}
	give_up("unknown option: %s", name);
}

static void parse_options(char **argv)
{
	while (*++argv && strcmp(*argv, "--") != 0) {
		const char *name = *argv;
		if (!*++argv)
			give_up("%s needs a value", name);
		if (strcmp(name, "--keep") == 0)
			job.keep = *argv;
		else if (strcmp(name, "--set") != 0)
			take_number(name, *argv);
		else if (job.set_count == MOST_SET)
			give_up("more than %d variables", MOST_SET);
		else
			job.set[job.set_count++] = *argv;
	}
	if (!*argv || !argv[1])
		give_up("usage: inside [OPTION...] -- PROGRAM [ARGUMENT...]");
	job.program = argv + 1;
}

/* --- the program --- */

static void limit(int resource, long long most)
{
	struct rlimit now;

	if (most <= 0 || getrlimit(resource, &now) != 0)
		return;
	rlim_t wanted = (rlim_t)most;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < wanted)
		wanted = now.rlim_max;
	if (setrlimit(resource, &(struct rlimit){wanted, wanted}) != 0)
		give_up("cannot set a limit: %s", strerror(errno));
}

static _Noreturn void become_program(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Two processes of ours are there beside the program's. */
	limit(RLIMIT_NPROC, job.processes ? job.processes + 3 : 0);
	limit(RLIMIT_CPU, job.cpu);
	limit(RLIMIT_FSIZE, job.file);
	limit(RLIMIT_DATA, job.data);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	clearenv();
	for (size_t i = 0; i < job.set_count; i++)
		putenv(job.set[i]);
	if (job.relay && dup2(ends.others, OUTSIDE) < 0)
		give_up("cannot hand on the channel: %s", strerror(errno));
	execvp(job.program[0], job.program);
	fprintf(stderr, "inside: cannot start '%s': %s\n", job.program[0], strerror(errno));
	_exit(127);
}

/* --- the channel --- */

static void open_channel(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0 ||
	    setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)) != 0 ||
	    (ends.outside = fcntl(OUTSIDE, F_DUPFD_CLOEXEC, KEPT + 1)) < 0)
		give_up("cannot open a channel: %s", strerror(errno));
	ends.inner = pair[0];
	ends.others = pair[1];
	close(OUTSIDE);
}

/* Nobody sends any more, on either side. */
static void close_channel(void)
{
	if (ends.inner < 0)
		return;
	shutdown(ends.outside, SHUT_RDWR);
	shutdown(ends.inner, SHUT_RDWR);
	close(ends.inner);
	ends.inner = -1;
}

struct relayed {
	int64_t sender;
	char bytes[CHANNEL_MESSAGE + 1]; /* one that is too long stays so */
};

static int read_controls(struct msghdr *header, struct relayed *relayed, int *descriptors)
{
	int count = 0;

	for (struct cmsghdr *at = CMSG_FIRSTHDR(header); at; at = CMSG_NXTHDR(header, at)) {
		struct ucred sender;

		if (at->cmsg_level != SOL_SOCKET)
			continue;
		if (at->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&sender, CMSG_DATA(at), sizeof sender);
			relayed->sender = sender.pid;
		} else if (at->cmsg_type == SCM_RIGHTS) {
			count = (int)((at->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(descriptors, CMSG_DATA(at), (size_t)count * sizeof(int));
		}
	}
	return count;
}

static void send_on(const struct relayed *relayed, size_t length, const int *descriptors, int count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
	} control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct iovec bytes = {(void *)(uintptr_t)relayed, sizeof relayed->sender + length};
	struct msghdr header = {.msg_iov = &bytes, .msg_iovlen = 1};
	ssize_t sent;

	if (count) {
		control.header.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), descriptors, (size_t)count * sizeof(int));
		header.msg_control = &control;
		header.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
	}
	do
		sent = sendmsg(ends.outside, &header, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	for (int i = 0; i < count; i++)
		close(descriptors[i]);
	if (sent < 0)
		close_channel();
}

/* False when nothing waits. */
static bool hand_on(void)
{
	_Alignas(struct cmsghdr) char
		controls[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
	static struct relayed relayed;
	struct iovec bytes = {relayed.bytes, sizeof relayed.bytes};
	struct msghdr header = {
		.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = controls, .msg_controllen = sizeof controls};
	int descriptors[MOST_DESCRIPTORS];

	relayed.sender = 0;
	ssize_t got = ends.inner < 0 ? -1 : recvmsg(ends.inner, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (got < 0)
		return ends.inner >= 0 && errno == EINTR;
	if (got == 0) {
		/* The program shut it down: the harness outside must know. */
		close_channel();
		return false;
	}
	int count = read_controls(&header, &relayed, descriptors);
	send_on(&relayed, (size_t)got, descriptors, count);
	return true;
}

/* --- memory --- */

/* What the process alone has, in bytes; 0 when it is gone. */
static long long own_memory(const char *pid)
{
	char path[64];
	long long resident = 0, shared = 0;

	snprintf(path, sizeof path, "/proc/%.16s/statm", pid);
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%*d %lld %lld", &resident, &shared) != 2)
		resident = shared = 0;
	if (file)
		fclose(file);
	return (resident - shared) * sysconf(_SC_PAGESIZE);
}

/* Visits all processes of the sandbox but ours: the first, this one, and the supervisor. */
static long long visit_others(pid_t supervisor, bool ends_them)
{
	DIR *all = opendir("/proc");
	long long sum = 0;

	for (struct dirent *entry; all && (entry = readdir(all));) {
		pid_t pid = (pid_t)atol(entry->d_name);
		if (pid <= 1 || pid == getpid() || pid == supervisor)
			continue;
		if (ends_them)
			kill(pid, SIGKILL);
		else
			sum += own_memory(entry->d_name);
	}
	if (all)
		closedir(all);
	return sum;
}

/* The kernel takes one process at a time; the others would go on. */
static bool kernel_has_killed(void)
{
	static const char key[] = "oom_kill ";
	char text[1024];
	ssize_t length = job.kills ? pread((int)job.kills, text, sizeof text - 1, 0) : 0;

	text[length > 0 ? length : 0] = '\0';
	const char *count = strstr(text, key);
	return count && strtoll(count + sizeof key - 1, NULL, 10) > 0;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* A look at all processes takes longer than to hand a message on, and messages come by the hundred. */
static bool has_too_much(pid_t supervisor)
{
	static long long last = -LOOK_MS;

	if (!job.memory || now_ms() - last < LOOK_MS)
		return false;
	last = now_ms();
	return visit_others(supervisor, false) > job.memory;
}

static void watch_memory(pid_t supervisor)
{
	if (!kernel_has_killed() && !has_too_much(supervisor))
		return;
	full = true;
	visit_others(supervisor, true);
}

/* --- what is kept --- */

/* Without the holes, of which a long output is full. False when it could not be written. */
static bool copy_bytes(int from, int to)
{
	char bytes[65536];
	struct stat file;
	off_t at = 0;

	if (fstat(from, &file) != 0 || ftruncate(to, file.st_size) != 0)
		return false;
	while ((at = lseek(from, at, SEEK_DATA)) >= 0 && at < file.st_size) {
		ssize_t got = pread(from, bytes, sizeof bytes, at);
		if (got <= 0 || pwrite(to, bytes, (size_t)got, at) != got)
			return false;
		at += got;
	}
	return true;
}

static void keep_file(int directory, const char *name)
{
	int from = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat file;

	if (from < 0 || fstat(from, &file) != 0 || !S_ISREG(file.st_mode)) {
		if (from >= 0)
			close(from);
		return;
	}
	int to = openat(KEPT, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (to < 0 || !copy_bytes(from, to))
		give_up("cannot keep '%s': %s", name, strerror(errno));
	close(to);
	close(from);
}

/* The supervisor's; a program that has made others finds them gone. */
static void keep_files(void)
{
	static const char *const names[] = {"result", "stdout", "stderr", "stacks"};
	int directory = job.keep ? open(job.keep, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	for (size_t i = 0; directory >= 0 && i < sizeof names / sizeof *names; i++)
		keep_file(directory, names[i]);
	if (directory >= 0)
		close(directory);
	if (job.keep && full && close(openat(KEPT, "full", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) != 0)
		give_up("cannot keep that the memory was full: %s", strerror(errno));
}

/* --- from start to end --- */

static bool has_ended(pid_t program, int *status)
{
	for (pid_t pid; (pid = waitpid(-1, status, WNOHANG)) > 0;)
		if (pid == program)
			return true;
	return false;
}

static int watch(pid_t program, int signals)
{
	struct signalfd_siginfo number;
	int status = 0;

	while (!has_ended(program, &status)) {
		/* Of v2 the kernel tells at once that it has killed; of v1 it must be asked. */
		struct pollfd waits[] = {{.fd = signals, .events = POLLIN},
					 {.fd = job.kills ? (int)job.kills : -1, .events = POLLPRI},
					 {.fd = ends.inner, .events = POLLIN},
					 {.fd = ends.outside}};
		nfds_t count = ends.inner >= 0 ? 4 : 2;
		poll(waits, count, job.memory || job.kills ? LOOK_MS : -1);
		if (waits[0].revents && read(signals, &number, sizeof number) < 0 && errno != EAGAIN)
			give_up("cannot wait: %s", strerror(errno));
		while (count == 4 && waits[2].revents && hand_on())
			;
		if (count == 4 && waits[3].revents & (POLLHUP | POLLERR))
			close_channel();
		watch_memory(program);
	}
	full = full || kernel_has_killed();
	while (hand_on())
		;
	return status;
}

int main(int argc, char **argv)
{
	sigset_t watched;

	(void)argc;
	parse_options(argv);
	prctl(PR_SET_DUMPABLE, 0);
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGINT);
	sigaddset(&watched, SIGHUP);
	sigprocmask(SIG_BLOCK, &watched, NULL);
	int signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		give_up("cannot wait for signals: %s", strerror(errno));
	if (job.relay)
		open_channel();
	if (close_range(OUTSIDE, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		give_up("cannot close descriptors: %s", strerror(errno));
	pid_t program = fork();
	if (program < 0)
		give_up("cannot start a process: %s", strerror(errno));
	if (program == 0)
		become_program();
	int status = watch(program, signals);
	keep_files();
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
