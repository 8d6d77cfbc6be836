/* Limits, room, processes and parts. See resources.h. The control groups and /proc are Linux's. */
#include "resources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

#define MIB (1ULL << 20)

/*
 * `enough` is what is asked for where less can be raised, `least` what must be there. Of address space ThreadSanitizer
 * takes all there is for its shadow, touched or not. A stack that is larger than usual is not asked for: it would change
 * where everything lies in a program.
 */
static const struct limit {
	int resource;
	rlim_t enough, least;
	const char *what, *fix;
} limits[] = {
	{RLIMIT_NOFILE, 1024, 256, "open files", "ulimit -n 1024"},
	{RLIMIT_FSIZE, RLIM_INFINITY, 64 * MIB, "bytes in a file", "ulimit -f unlimited"},
	{RLIMIT_STACK, 8 * MIB, 1 * MIB, "bytes of stack", "ulimit -s 8192"},
	{RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY, "bytes of address space", "ulimit -v unlimited"},
	{RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY, "bytes of data", "ulimit -d unlimited"},
	{RLIMIT_CPU, RLIM_INFINITY, 600, "seconds of processor time", "ulimit -t unlimited"},
};

/* Processes and threads that must be left: the harness runs several programs at once, some with many threads. */
enum { PROCESSES_LEAST = 256 };

void resources_prepare(void)
{
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit now;

		if (getrlimit(limits[i].resource, &now) != 0 || now.rlim_cur >= limits[i].enough)
			continue;
		now.rlim_cur = now.rlim_max < limits[i].enough ? now.rlim_max : limits[i].enough;
		setrlimit(limits[i].resource, &now);
	}
}

static char *limit_problem(void)
{
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit now;

		if (getrlimit(limits[i].resource, &now) == 0 && now.rlim_cur < limits[i].least)
			return mem_format(
				"only %llu %s are allowed here, too few to judge; %s, or ask the administrator who set the limit",
				(unsigned long long)now.rlim_cur, limits[i].what, limits[i].fix);
	}
	return NULL;
}

/* --- processes --- */

/* The threads of one process when it is this user's; the fields follow the name's last ')'. */
static long threads_of(const char *name, uid_t user)
{
	struct stat owner;
	char *path = mem_format("/proc/%s", name), *file = mem_format("%s/stat", path);
	char *text = stat(path, &owner) == 0 && owner.st_uid == user ? file_read(file) : NULL;
	const char *at = text ? strrchr(text, ')') : NULL;
	long threads = 0;

	/* ") S ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime priority nice N" */
	for (int field = 0; at && field < 18; field++)
		at = strchr(at + 1, ' ');
	if (at)
		threads = strtol(at, NULL, 10);
	free(text);
	free(file);
	free(path);
	return threads;
}

static long threads_of_user(uid_t user)
{
	DIR *processes = opendir("/proc");
	long threads = 0;

	for (struct dirent *entry; processes && (entry = readdir(processes));)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			threads += threads_of(entry->d_name, user);
	if (processes)
		closedir(processes);
	return threads;
}

/* The number in a file of the control group; -1: "max", or no such file. */
static long number_of(const char *group, const char *name)
{
	char *path = mem_format("/sys/fs/cgroup%s/%s", group, name), *text = file_read(path), *end;
	long number = text ? strtol(text, &end, 10) : -1;

	if (text && end == text)
		number = -1;
	free(text);
	free(path);
	return number;
}

/* How many more processes this group and those around it allow; -1: any number. */
static long left_in_groups(void)
{
	char *text = file_read("/proc/self/cgroup"), *group = text ? strstr(text, "0::") : NULL;
	long least = -1;

	if (group) {
		group += 3;
		group[strcspn(group, "\n")] = '\0';
		for (char *slash = group + strlen(group); slash; slash = strrchr(group, '/')) {
			*slash = '\0';
			long most = number_of(group, "pids.max"), now = number_of(group, "pids.current");
			if (most >= 0 && now >= 0 && (least < 0 || most - now < least))
				least = most > now ? most - now : 0;
		}
	}
	free(text);
	return least;
}

static char *process_problem(void)
{
	struct rlimit now;
	long left = left_in_groups();

	if (left >= 0 && left < PROCESSES_LEAST)
		return mem_format("the control group allows only %ld more processes here, too few to judge; raise its "
				  "pids.max",
				  left);
	/* The limit does not count for root. To count what there is takes milliseconds, so only where it may matter. */
	if (getuid() == 0 || getrlimit(RLIMIT_NPROC, &now) != 0 || now.rlim_cur > 16384)
		return NULL;
	left = (long)now.rlim_cur - threads_of_user(getuid());
	if (left >= PROCESSES_LEAST)
		return NULL;
	return mem_format("only %ld more processes are allowed here, too few to judge; ulimit -u 4096, or end others",
			  left < 0 ? 0 : left);
}

/* --- room --- */

/* 0, or an error number. On a slow machine a signal, a child's end for one, may come meanwhile. */
static int take_room(int file, off_t size)
{
	int error = posix_fallocate(file, 0, size);

	while (error == EINTR)
		error = posix_fallocate(file, 0, size);
	return error;
}

/* Takes the room and gives it back: a quota, a full table of files and a read-only disk all show. */
static char *room_problem(const char *directory, unsigned long long size, const char *fix)
{
	char *path = mem_format("%s/loose.XXXXXX", directory);
	int file = mkstemp(path), error = file < 0 ? errno : take_room(file, (off_t)size);
	char *problem = NULL;

	if (file >= 0) {
		unlink(path);
		close(file);
	}
	if (error)
		problem = mem_format("cannot write %llu MiB in '%s': %s; %s", size / MIB, directory, strerror(error),
				     fix);
	free(path);
	return problem;
}

/* --- the harness's own parts --- */

/*
 * Criterion's own library would be loaded in the runner's place, and a program would run without the monitor. `tests`: the
 * runner has the name of Criterion's library, whatever its version.
 */
static char *part_problem(const char *root, bool tests)
{
	static const char *const parts[] = {"supervisor", "monitor.so", "closes.so", "runner/runner.so",
					    "runner/libcriterion*"};
	size_t count = tests ? 5 : 3;
	char *problem = NULL;

	for (size_t i = 0; i < count && !problem; i++) {
		char *path = mem_format("%s/build/%s", root, parts[i]);
		glob_t found = {0};
		if (glob(path, 0, NULL, &found) != 0 || access(found.gl_pathv[0], R_OK) != 0)
			problem = mem_format("'%s' is missing; start ./loose, which builds it", path);
		globfree(&found);
		free(path);
	}
	return problem;
}

char *resources_problem(const char *root, bool tests)
{
	const char *temporary = getenv("TMPDIR");
	char *build = mem_format("%s/build", root), *problem = limit_problem();

	if (!problem)
		problem = process_problem();
	if (!problem)
		problem = room_problem(build, 8 * MIB, "make room there");
	/* The compiler's own files; "make room" may mean another place. */
	if (!problem && temporary && *temporary)
		problem = room_problem(temporary, 1 * MIB, "make room there, or name another place in TMPDIR");
	else if (!problem)
		problem = room_problem("/tmp", 1 * MIB, "make room there, or name another place in TMPDIR");
	/* Criterion's: its socket is in /tmp, its memory in /dev/shm, wherever TMPDIR is. */
	if (!problem && tests && temporary && *temporary)
		problem = room_problem("/tmp", 1 * MIB, "make room there");
	if (!problem && tests)
		problem = room_problem("/dev/shm", 1 * MIB, "make room there: mount -o remount,size=64M /dev/shm");
	if (!problem)
		problem = part_problem(root, tests);
	free(build);
	return problem;
}

/* --- the compiler's words --- */

/* True when the line has one of them. */
static bool has_any(const char *line, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

/* A machine's reasons, and what a compiler says of one of its own that it could not finish. */
static bool is_of_machine(const char *line)
{
	static const char *const words[] = {
		"No space left on device",
		"Disk quota exceeded",
		"Read-only file system",
		"Input/output error",
		"Too many open files",
		"Cannot allocate memory",
		"Resource temporarily unavailable",
		"File too large",
		"File size limit exceeded",
		"Cannot fork",
		"unable to make temporary file",
		"unable to execute command",
		"command failed due to signal",
		"LLVM ERROR",
		"out of memory",
		"memory exhausted",
	};

	return has_any(line, words, sizeof words / sizeof *words);
}

/* "FILE:LINE:COLUMN: error: " and "fatal error: ", unless that is of a file which the compiler could not open; symbols. */
static bool is_of_source(const char *line)
{
	static const char *const symbols[] = {"undefined reference to", "multiple definition of", "duplicate symbol",
					      "cannot find -l", "undefined symbol"};
	const char *error = strstr(line, ": error: "), *fatal = strstr(line, ": fatal error: ");
	const char *at = fatal ? fatal : error;

	if (has_any(line, symbols, sizeof symbols / sizeof *symbols))
		return true;
	if (!at || at == line || at[-1] < '0' || at[-1] > '9')
		return false;
	return !fatal || !strstr(fatal, "cannot open file") || !is_of_machine(fatal);
}

char *resources_failed_compiler(const char *words)
{
	char *copy = mem_copy(words), *rest = NULL, *machine = NULL;
	bool source = false;

	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		source = source || is_of_source(line);
		/* A quotation of the source is indented, or stands after the number of its line. */
		if (!machine && line[0] != ' ' && is_of_machine(line))
			machine = mem_copy(line);
	}
	free(copy);
	if (!source)
		return machine;
	free(machine);
	return NULL;
}
