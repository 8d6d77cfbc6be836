/* Control groups, v1 and v2, through their files. See control_group.h. */
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
#include "base/files.h"
#include "base/mem.h"

/* A process that was killed takes a moment to give back what it had; one that hangs in the kernel may never. */
enum { DYING_MS = 5000, TRIAL_MS = 10000 };

struct control_group {
	bool unified;
	char *memory, *processes; /* its directories; `processes` as in control_groups */
	char *link, *second_link; /* NULL: none */
};

/* --- files --- */

/* 0, or -1 with errno. */
static int write_word(const char *directory, const char *name, const char *word)
{
	char *path = mem_format("%s/%s", directory, name);
	int file = open(path, O_WRONLY | O_CLOEXEC), error = 0;
	ssize_t length = (ssize_t)strlen(word);

	if (file < 0 || write(file, word, (size_t)length) != length)
		error = errno;
	if (file >= 0)
		close(file);
	free(path);
	errno = error;
	return error ? -1 : 0;
}

static int write_number(const char *directory, const char *name, long long number)
{
	char word[32];

	snprintf(word, sizeof word, "%lld", number);
	return write_word(directory, name, word);
}

static char *read_of(const char *directory, const char *name)
{
	char *path = mem_format("%s/%s", directory, name), *text = file_read(path);

	free(path);
	return text;
}

/* Whether the word stands in the text, alone between spaces, commas or line ends. */
static bool has_word(const char *text, const char *word)
{
	static const char between[] = " ,\n";
	size_t length = strlen(word);

	for (const char *at = text; at && *at; at += strcspn(at, between), at += strspn(at, between))
		if (strncmp(at, word, length) == 0 && (!at[length] || strchr(between, at[length])))
			return true;
	return false;
}

/* The number after a key at the beginning of a line; 0: there is none. */
static long long number_of(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = text; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return strtoll(line + length, NULL, 10);
	return 0;
}

/* --- why not --- */

static char *why_not(const char *directory, int error)
{
	if (error == EROFS)
		return mem_format("since '%s' is read-only", directory);
	if (error == EACCES || error == EPERM)
		return mem_format(
			"since '%s' is not ours to divide (systemd-run --user --scope before the command gives it "
			"a group of its own)",
			directory);
	if (error == EBUSY)
		return mem_format("since other processes are in '%s', whose memory the kernel does not divide then",
				  directory);
	return mem_format("since '%s' gives none: %s", directory, strerror(error));
}

/* --- one group --- */

static void kill_members(const char *directory)
{
	if (write_word(directory, "cgroup.kill", "1") == 0)
		return;
	/* v1, or a kernel before 5.14. */
	char *text = read_of(directory, "cgroup.procs"), *end;

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
		if (write_number(directory, "memory.swap.max", 0) != 0 && errno != ENOENT)
			return -1;
		return write_number(directory, "memory.max", bytes);
	}
	if (write_number(directory, "memory.limit_in_bytes", bytes) != 0)
		return -1;
	/* Larger by a page, for memory and swap together: the kernel counts in no file that this one has been reached. */
	if (write_number(directory, "memory.memsw.limit_in_bytes", bytes + sysconf(_SC_PAGESIZE)) != 0)
		return errno == ENOENT ? write_number(directory, "memory.swappiness", 0) : -1;
	return 0;
}

static int limit_processes(const struct control_groups *groups, const struct control_group *group, int most)
{
	if (!groups->counts)
		return 0;
	return write_number(group->unified ? group->memory : group->processes, "pids.max", most);
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
	*why = why_not(at, errno);
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
	char *text = read_of(group->memory, "memory.failcnt");
	long long times = text ? strtoll(text, NULL, 10) : 0;
	free(text);
	return times;
}

enum control_group_victim control_group_victim(const struct control_group *group)
{
	char *events = read_of(group->memory, kills_file(group));
	enum control_group_victim victim = VICTIM_NONE;

	if (events && number_of(events, "oom_kill") > 0)
		victim = times_full(group, events) > 0 ? VICTIM_OF_LIMIT : VICTIM_OF_MACHINE;
	free(events);
	return victim;
}

/* --- where --- */

/*
 * Our own group in a hierarchy: the one with a line "N:CONTROLLERS:PATH" that has the controller, or "0::PATH"
 * for the unified one. NULL: there is none.
 */
static char *own_path(const char *own, const char *controller)
{
	for (const char *line = own; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *names = memchr(line, ':', strcspn(line, "\n"));
		const char *path = names ? memchr(names + 1, ':', strcspn(names + 1, "\n")) : NULL;
		if (!path)
			continue;
		char *between = mem_copy_n(names + 1, (size_t)(path - names - 1));
		bool same = controller ? has_word(between, controller) : !*between;
		free(between);
		if (same)
			return mem_copy_n(path + 1, strcspn(path + 1, "\n"));
	}
	return NULL;
}

/* "ID PARENT DEVICE ROOT POINT OPTIONS [MORE...] - TYPE SOURCE SUPEROPTIONS"; the caller frees what is found. */
static bool parse_mount(const char *line, const char *controller, char **root, char **point)
{
	char *one = mem_copy_n(line, strcspn(line, "\n"));
	const char *end = strstr(one, " - ");
	char type[32], super[1024];
	bool found = end && sscanf(end, " - %31s %*s %1023s", type, super) == 2 &&
		     (controller ? strcmp(type, "cgroup") == 0 && has_word(super, controller)
				 : strcmp(type, "cgroup2") == 0);

	/* No longer than the line. */
	*root = mem_zeroed(strlen(one) + 1, 1);
	*point = mem_zeroed(strlen(one) + 1, 1);
	found = found && sscanf(one, "%*s %*s %*s %s %s", *root, *point) == 2;
	if (!found) {
		free(*root);
		free(*point);
		*root = *point = NULL;
	}
	free(one);
	return found;
}

/* A hierarchy as we see it: where it is mounted, and our own directory in it. */
struct hierarchy {
	char *point, *directory;
};

static void hierarchy_release(struct hierarchy *hierarchy)
{
	free(hierarchy->point);
	free(hierarchy->directory);
	*hierarchy = (struct hierarchy){0};
}

/* `controller`: of a hierarchy of v1; NULL: the unified one. False when it is not mounted, or our group lies outside. */
static bool hierarchy_find(struct hierarchy *hierarchy, const char *mounts, const char *own, const char *controller)
{
	char *path = own_path(own, controller), *root = NULL;

	*hierarchy = (struct hierarchy){0};
	for (const char *line = mounts; path && line && *line && !hierarchy->directory;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		if (!parse_mount(line, controller, &root, &hierarchy->point))
			continue;
		size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
		bool below = strncmp(path, root, length) == 0 && (!path[length] || path[length] == '/');
		if (below && !strstr(path, "/.."))
			hierarchy->directory = mem_format("%s%s", hierarchy->point,
							  strcmp(path + length, "/") == 0 ? "" : path + length);
		else
			hierarchy_release(hierarchy);
		free(root);
	}
	free(path);
	return hierarchy->directory;
}

/* --- whether --- */

static bool can_enter(const struct control_group *group)
{
	struct command command = {0};

	control_group_entrance(group, &command);
	command_argument(&command, "true");
	char *words = command_output(command.argv, TRIAL_MS);
	command_release(&command);
	bool entered = words;
	free(words);
	return entered;
}

/* NULL: one was made, and entered; else why not, for the caller to free. */
static char *try_one(const struct control_groups *groups, const char *link, const struct control_group_limits *limits)
{
	char *why = NULL;
	struct control_group *group = control_group_new(groups, link, limits, &why);

	if (!group)
		return why;
	if (!can_enter(group))
		why = mem_format("since no process of ours can enter a group below '%s'", groups->memory);
	control_group_remove(group);
	return why;
}

static bool divides(const char *directory, const char *controller)
{
	char *text = read_of(directory, "cgroup.subtree_control");
	bool divided = has_word(text, controller);

	free(text);
	return divided;
}

/* Lets groups below our own have limits of memory and, where they can, of processes. Of other groups that is not ours to say. */
static int divide(const char *directory)
{
	if (!divides(directory, "memory") && write_word(directory, "cgroup.subtree_control", "+memory") != 0)
		return -1;
	if (!divides(directory, "pids"))
		(void)write_word(directory, "cgroup.subtree_control", "+pids");
	return 0;
}

/* The first reason is the one of our own group. */
static void take_reason(struct control_groups *groups, char *why)
{
	if (groups->why)
		free(why);
	else
		groups->why = why;
}

static bool found_below(struct control_groups *groups, const char *directory, const char *link,
			const struct control_group_limits *limits)
{
	struct control_groups there = {.unified = true, .memory = mem_copy(directory)};

	there.counts = divides(directory, "pids");
	char *why = try_one(&there, link, limits);
	if (why) {
		take_reason(groups, why);
		free(there.memory);
		return false;
	}
	free(groups->why);
	*groups = there;
	return true;
}

/* From our own group up to the mount: below the first in which the memory is divided and we may write. */
static bool find_unified(struct control_groups *groups, const struct hierarchy *hierarchy, const char *link,
			 const struct control_group_limits *limits)
{
	char *at = mem_copy(hierarchy->directory);
	bool found = false;

	if (divide(at) != 0)
		take_reason(groups, why_not(at, errno));
	while (!found && strncmp(at, hierarchy->point, strlen(hierarchy->point)) == 0) {
		found = divides(at, "memory") && found_below(groups, at, link, limits);
		*strrchr(at, '/') = '\0';
	}
	free(at);
	return found;
}

static bool find_older(struct control_groups *groups, const struct hierarchy *hierarchy, const char *mounts,
		       const char *own, const char *link, const struct control_group_limits *limits)
{
	struct hierarchy pids;
	struct control_groups there = {.memory = mem_copy(hierarchy->directory)};

	if (hierarchy_find(&pids, mounts, own, "pids"))
		there.processes = mem_copy(pids.directory);
	there.counts = there.processes;
	hierarchy_release(&pids);
	char *why = try_one(&there, link, limits);
	if (why && there.counts) {
		/* The limit of memory is worth having alone. */
		free(there.processes);
		there.processes = NULL;
		there.counts = false;
		free(why);
		why = try_one(&there, link, limits);
	}
	if (why) {
		take_reason(groups, why);
		control_groups_release(&there);
		return false;
	}
	free(groups->why);
	*groups = there;
	return true;
}

void control_groups_find(struct control_groups *groups, const char *mounts, const char *own, const char *link,
			 const struct control_group_limits *limits)
{
	char *mounted = file_read(mounts), *ours = file_read(own);
	struct hierarchy unified, memory;
	bool found = false;

	*groups = (struct control_groups){0};
	if (hierarchy_find(&memory, mounted, ours, "memory"))
		found = find_older(groups, &memory, mounted, ours, link, limits);
	/* The memory belongs to one of them. */
	else if (hierarchy_find(&unified, mounted, ours, NULL)) {
		found = find_unified(groups, &unified, link, limits);
		hierarchy_release(&unified);
	}
	hierarchy_release(&memory);
	if (!found && !groups->why)
		groups->why = mem_copy("since none of memory are mounted where we are");
	free(mounted);
	free(ours);
}

void control_groups_release(struct control_groups *groups)
{
	free(groups->memory);
	free(groups->processes);
	free(groups->why);
	*groups = (struct control_groups){0};
}
