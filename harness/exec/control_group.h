/*
 * A control group around one build or one run in a sandbox: the kernel holds the
 * memory of all its processes together to a limit, at once, and counts them. Both
 * kinds are known: the unified hierarchy (v2), and the older ones of memory and
 * pids (v1). A machine may give us neither; then there is a clause that says why.
 *
 * Groups are made below our own, so that what an administrator has set for it
 * holds for them too; in the unified hierarchy, where a group with processes of
 * its own may not divide its memory, beside it or further up, if we may write there.
 *
 * Illegal: control_group_new() where `why` is set.
 */
#ifndef LOOSE_CONTROL_GROUP_H
#define LOOSE_CONTROL_GROUP_H

#include <stdbool.h>

#include "verdict/detector.h"

struct control_group_limits {
	long long memory; /* bytes, of all its processes; there is no swap beside them */
	int processes;	  /* and threads */
};

/* Where groups can be made. */
struct control_groups {
	bool unified;
	char *memory, *processes; /* directories; `processes` is NULL where only memory is limited, or in v2 */
	bool counts;		  /* processes are limited too */
	char *why;		  /* "since ...": there can be none; NULL: there can */
};

/*
 * Looks where groups can be made, and makes one on trial, which a process enters.
 * `mounts` and `own` have the form of /proc/self/mountinfo and /proc/self/cgroup;
 * `link` as for control_group_new().
 */
void control_groups_find(struct control_groups *groups, const char *mounts, const char *own, const char *link,
			 const struct control_group_limits *limits);
void control_groups_release(struct control_groups *groups);

struct control_group;

/*
 * A new one, empty. Its name is that of the file `link`, an absolute path: links at `link` and `link`.pids lead to
 * it as long as it is there, so that it is found when we are killed. NULL: it could not be made, nothing is left, and *why
 * has a clause that says so, "since ...", for the caller to free.
 */
struct control_group *control_group_new(const struct control_groups *groups, const char *link,
					const struct control_group_limits *limits, char **why);
/* Appends what stands in front of a command that enters the group before it does anything else. */
void control_group_entrance(const struct control_group *group, struct command *command);
/* A descriptor of the file in which the kernel counts, in a line "oom_kill N", what it has killed for its memory; -1. */
int control_group_kills(const struct control_group *group);

enum control_group_victim {
	VICTIM_NONE,
	VICTIM_OF_LIMIT,   /* the group had reached its own limit */
	VICTIM_OF_MACHINE, /* it had not: memory ran out around it */
};

/* Whether the kernel has killed a process of the group for its memory. */
enum control_group_victim control_group_victim(const struct control_group *group);
/* Kills what is left in the group, takes it away and frees it. -1 with errno: it is still there; the links are too. */
int control_group_remove(struct control_group *group);
/* Takes away a group to which a link leads, and the link. */
void control_group_sweep(const char *link);

#endif
