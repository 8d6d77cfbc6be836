/* See family.h. */
#include "family.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void give_up(void)
{
	fputs("supervisor: out of memory\n", stderr);
	exit(3);
}

static void add(struct family *all, pid_t pid)
{
	if (all->count == all->room) {
		all->room = all->room ? 2 * all->room : 64;
		all->pids = realloc(all->pids, all->room * sizeof *all->pids);
		if (!all->pids)
			give_up();
	}
	all->pids[all->count++] = pid;
}

static void add_children(struct family *all, pid_t parent)
{
	char path[64];
	int pid;

	snprintf(path, sizeof path, "/proc/%d/task", (int)parent);
	DIR *tasks = opendir(path);
	for (struct dirent *task; tasks && (task = readdir(tasks));) {
		snprintf(path, sizeof path, "/proc/%d/task/%.16s/children", (int)parent, task->d_name);
		FILE *children = task->d_name[0] == '.' ? NULL : fopen(path, "re");
		while (children && fscanf(children, "%d", &pid) == 1)
			add(all, pid);
		if (children)
			fclose(children);
	}
	if (tasks)
		closedir(tasks);
}

void family_find(struct family *all, pid_t root)
{
	all->count = 0;
	add(all, root);
	for (size_t i = 0; i < all->count; i++)
		add_children(all, all->pids[i]);
}

void family_find_children(struct family *all, pid_t parent)
{
	all->count = 0;
	add_children(all, parent);
}

bool family_freeze(struct family *all, pid_t root)
{
	uint64_t sum = 0, last = all->stopped;

	all->count = 0;
	add(all, root);
	for (size_t i = 0; i < all->count; i++) {
		if (i && kill(all->pids[i], SIGSTOP) == 0)
			sum = (sum ^ (uint64_t)all->pids[i]) * 1099511628211U;
		add_children(all, all->pids[i]);
	}
	all->stopped = sum;
	return sum == last;
}
