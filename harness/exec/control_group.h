/*
 * A control group around one build or one run in a sandbox: the kernel holds the
 * memory of all its processes together to a limit, at once, and counts them. Where
 * there can be any says control_groups.h.
 *
 * Illegal: control_group_new() where `why` is set.
 */
#ifndef LOOSE_CONTROL_GROUP_H
#define LOOSE_CONTROL_GROUP_H

#include "control_groups.h"
#include "verdict/detector.h"

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
