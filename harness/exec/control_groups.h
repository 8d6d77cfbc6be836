/*
 * Where control groups can be made on this machine, if anywhere: below our own, so
 * that what an administrator has set for it holds for them too; in the unified
 * hierarchy (v2), where a group with processes of its own may not divide its memory,
 * beside it or further up, if we may write there. Of the older ones (v1) those of
 * memory and pids are known.
 *
 *     struct control_groups groups;
 *     control_groups_find(&groups, "/proc/self/mountinfo", "/proc/self/cgroup", link, &limits);
 *     if (!groups.why)
 *             group = control_group_new(&groups, link, &limits, &why);
 */
#ifndef LOOSE_CONTROL_GROUPS_H
#define LOOSE_CONTROL_GROUPS_H

#include <stdbool.h>

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

#endif
