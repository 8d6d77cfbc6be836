/* One control group, v1 or v2, through its files. See control_group.h; where there can be any, in control_groups.c. */
#include "control_group.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/command.h"
#include "base/mem.h"
#include "group_files.h"

/* A process that was killed takes a moment to give back what it had; one that hangs in the kernel may never. */
enum { DYING_MS = 5000 };

struct control_group {
	bool unified;
	char *memory, *processes; /* its directories; `processes` as in control_groups */
	char *link, *second_link; /* NULL: none */
};

/* --- made and removed --- */

static void kill_members(const char *directory)
{
	if (group_write(directory, "cgroup.kill", "1") == 0)
		return;
	/* v1, or a kernel before 5.14. */
	char *text = group_read(directory, "cgroup.procs"), *end;

	for (const char *at = text; at && *at; at = end) {
		long pid = strtol(at, &end, 10);
		if (end == at)
			break;
		if (pid > 0)
			kill((pid_t)pid, SIGKILL);
	}
	free(text);
}

static int remove_directory(const char *directory)
{
	const struct timespec moment = {.tv_nsec = 1000000};

	for (int waited = 0; rmdir(directory) != 0; waited++) {
		if (errno == ENOENT)
			return 0;
		if (errno != EBUSY || waited == DYING_MS)
			return -1;
		kill_members(directory);
		/* No file of v1 tells when the last is gone. */
		nanosleep(&moment, NULL);
	}
	return 0;
}

static void group_free(struct control_group *group)
{
	free(group->memory);
	free(group->processes);
	free(group->link);
	free(group->second_link);
	free(group);
}

int control_group_remove(struct control_group *group)
{
	int error = 0;

	if (remove_directory(group->memory) != 0)
		error = errno;
	else
		unlink(group->link);
	if (group->processes && remove_directory(group->processes) != 0)
		error = errno;
	else if (group->second_link)
		unlink(group->second_link);
	group_free(group);
	errno = error;
	return error ? -1 : 0;
}

void control_group_sweep(const char *link)
{
	char target[4096];
	ssize_t length = readlink(link, target, sizeof target - 1);

	if (length <= 0)
		return;
	target[length] = '\0';
	const char *name = strrchr(target, '/'), *same = strrchr(link, '/');
	/* A link of ours has the group's own name, but for its ending; what else stands there is not followed. */
	if (!name || !same || strncmp(name, same, strlen(name)) != 0)
		return;
	if (remove_directory(target) == 0)
		unlink(link);
}

static int limit_memory(const struct control_group *group, long long bytes)
{
	const char *directory = group->memory;

	if (group->unified) {
		/* A kernel that counts no swap has no such file. */
		if (group_write_number(directory, "memory.swap.max", 0) != 0 && errno != ENOENT)
			return -1;
		return group_write_number(directory, "memory.max", bytes);
	}
	if (group_write_number(directory, "memory.limit_in_bytes", bytes) != 0)
		return -1;
	/* Larger by a page, for memory and swap together: the kernel counts in no file that this one has been reached. */
	if (group_write_number(directory, "memory.memsw.limit_in_bytes", bytes + sysconf(_SC_PAGESIZE)) != 0)
		return errno == ENOENT ? group_write_number(directory, "memory.swappiness", 0) : -1;
	return 0;
}

static int limit_processes(const struct control_groups *groups, const struct control_group *group, int most)
{
	if (!groups->counts)
		return 0;
	return group_write_number(group->unified ? group->memory : group->processes, "pids.max", most);
}

/* The link is there first: a group without one would be nobody's. */
static int make_directory(const char *directory, const char *link)
{
	if (symlink(directory, link) != 0)
		return -1;
	return mkdir(directory, 0755);
}

struct control_group *control_group_new(const struct control_groups *groups, const char *link,
					const struct control_group_limits *limits, char **why)
{
	struct control_group *group = mem_zeroed(1, sizeof *group);
	const char *name = strrchr(link, '/'), *at = groups->memory;

	*group = (struct control_group){
		.unified = groups->unified, .memory = mem_format("%s%s", groups->memory, name), .link = mem_copy(link)};
	int failed = make_directory(group->memory, link);
	if (failed == 0 && groups->processes) {
		at = groups->processes;
		group->processes = mem_format("%s%s", groups->processes, name);
		group->second_link = mem_format("%s.pids", link);
		failed = make_directory(group->processes, group->second_link);
	}
	if (failed == 0) {
		at = group->memory;
		failed = limit_memory(group, limits->memory);
	}
	if (failed == 0)
		failed = limit_processes(groups, group, limits->processes);
	if (failed == 0)
		return group;
	*why = group_refusal(at, errno);
	control_group_remove(group);
	return NULL;
}

void control_group_entrance(const struct control_group *group, struct command *command)
{
	const char *const directories[] = {group->memory, group->processes};

	/* 0: the process that writes it. */
	command_argument(command, "sh");
	command_argument(command, "-c");
	command_argument(command,
			 "until [ \"$1\" = -- ]; do echo 0 >\"$1\" || exit 3; shift; done; shift; exec \"$@\"");
	command_argument(command, "sh");
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		if (directories[i])
			command_argument(command, "%s/cgroup.procs", directories[i]);
	command_argument(command, "--");
}

/* --- what it has killed --- */

/* The number after a key at the beginning of a line; 0: there is none. */
static long long number_of(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = text; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return strtoll(line + length, NULL, 10);
	return 0;
}

static const char *kills_file(const struct control_group *group)
{
	return group->unified ? "memory.events" : "memory.oom_control";
}

int control_group_kills(const struct control_group *group)
{
	char *path = mem_format("%s/%s", group->memory, kills_file(group));
	int file = open(path, O_RDONLY | O_CLOEXEC);

	free(path);
	return file;
}

/* How often the group had reached its limit, and had nothing more to give back. */
static long long times_full(const struct control_group *group, const char *events)
{
	if (group->unified)
		return number_of(events, "oom");
	char *text = group_read(group->memory, "memory.failcnt");
	long long times = text ? strtoll(text, NULL, 10) : 0;
	free(text);
	return times;
}

enum control_group_victim control_group_victim(const struct control_group *group)
{
	char *events = group_read(group->memory, kills_file(group));
	enum control_group_victim victim = VICTIM_NONE;

	if (events && number_of(events, "oom_kill") > 0)
		victim = times_full(group, events) > 0 ? VICTIM_OF_LIMIT : VICTIM_OF_MACHINE;
	free(events);
	return victim;
}
