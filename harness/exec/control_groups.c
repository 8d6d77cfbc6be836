/* Where control groups can be made: by what is mounted, where we are ourselves, and a trial. See control_groups.h. */
#include "control_groups.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/command.h"
#include "base/files.h"
#include "base/mem.h"
#include "control_group.h"
#include "group_files.h"

enum { TRIAL_MS = 10000 };

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
		bool same = controller ? group_has_word(between, controller) : !*between;
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
		     (controller ? strcmp(type, "cgroup") == 0 && group_has_word(super, controller)
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

/* --- a trial --- */

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
	char *text = group_read(directory, "cgroup.subtree_control");
	bool divided = group_has_word(text, controller);

	free(text);
	return divided;
}

/* Lets groups below our own have limits of memory and, where they can, of processes. Of other groups that is not ours to say. */
static int divide(const char *directory)
{
	if (!divides(directory, "memory") && group_write(directory, "cgroup.subtree_control", "+memory") != 0)
		return -1;
	if (!divides(directory, "pids"))
		(void)group_write(directory, "cgroup.subtree_control", "+pids");
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
		take_reason(groups, group_refusal(at, errno));
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
