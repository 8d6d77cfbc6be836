/*
 * Control groups: on this machine, where it has them, that one holds its memory, ends what is in it and goes away; and
 * everywhere, by made-up mounts, that what cannot be had is told and leaves nothing.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "../scratch_root.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "exec/control_group.h"
#include "exec/leftovers.h"

enum { LIMIT_MIB = 64 };

static const struct control_group_limits limits = {LIMIT_MIB << 20, 64};
static struct control_groups groups;
static char *link_path;

static void open_root(void)
{
	root_make();
	root_run("mkdir -p build/run");
	char *name = leftovers_name("loose-group-of-test");
	link_path = mem_format("%s/%s", root, name);
	free(name);
}

static void close_root(void)
{
	root_run("[ -z \"$(ls build/run)\" ]");
	control_groups_release(&groups);
	free(link_path);
	root_remove();
}

TestSuite(control_group, .init = open_root, .fini = close_root, .timeout = 120);

/* --- on this machine --- */

static void need_groups(void)
{
	control_groups_find(&groups, "/proc/self/mountinfo", "/proc/self/cgroup", link_path, &limits);
	if (groups.why)
		cr_skip_test("this machine has no control group for us, %s", groups.why);
}

static struct control_group *make(void)
{
	char *why = NULL;
	struct control_group *group = control_group_new(&groups, link_path, &limits, &why);

	cr_assert(group, "%s", why);
	return group;
}

/* Where the link leads. */
static void directory_of(char target[PATH_MAX])
{
	ssize_t length = readlink(link_path, target, PATH_MAX - 1);

	cr_assert_gt(length, 0);
	target[length] = '\0';
}

/* In the group. The words are shell's. */
static pid_t start(const struct control_group *group, const char *script)
{
	struct command command = {0};

	control_group_entrance(group, &command);
	command_argument(&command, "sh");
	command_argument(&command, "-c");
	command_argument(&command, "%s", script);
	pid_t pid = fork();
	if (pid == 0) {
		execvp(command.argv[0], command.argv);
		_exit(127);
	}
	command_release(&command);
	return pid;
}

/* Until it has entered. What is taken away before ends for another reason than the one that is asked for. */
static void await_entered(const char *target, pid_t pid)
{
	char *path = mem_format("%s/cgroup.procs", target), *members = NULL;

	while (!members || !*members) {
		free(members);
		members = file_read(path);
	}
	cr_expect_eq(atol(members), (long)pid, "%s", members);
	free(members);
	free(path);
}

/* Ten processes of 16 MiB each: none of them would be refused. */
Test(control_group, many_that_are_small_are_held_together)
{
	char target[PATH_MAX];
	struct stat there;

	need_groups();
	struct control_group *group = make();
	directory_of(target);
	cr_expect_eq((int)control_group_victim(group), (int)VICTIM_NONE);
	pid_t pid = start(
		group,
		"for i in 1 2 3 4 5 6 7 8 9 10; do head -c 16777216 /dev/zero | tail -c 16777216 | sleep 1 & done; wait");
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_expect_eq((int)control_group_victim(group), (int)VICTIM_OF_LIMIT);
	int kills = control_group_kills(group);
	char text[1024] = "";
	cr_expect_gt(read(kills, text, sizeof text - 1), 0);
	cr_expect(strstr(text, "\noom_kill ") && !strstr(text, "\noom_kill 0\n"), "%s", text);
	close(kills);
	cr_expect_eq(control_group_remove(group), 0);
	cr_expect_neq(stat(target, &there), 0);
	cr_expect_neq(lstat(link_path, &there), 0);
}

Test(control_group, what_is_left_in_it_is_killed)
{
	char target[PATH_MAX];
	struct stat there;
	int status = 0;

	need_groups();
	struct control_group *group = make();
	directory_of(target);
	pid_t pid = start(group, "exec sleep 600");
	await_entered(target, pid);
	cr_expect_eq(control_group_remove(group), 0);
	cr_expect_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	cr_expect_neq(stat(target, &there), 0);
}

/* What does not go keeps its link, by which it is found again. */
Test(control_group, one_that_does_not_go_is_told_and_found_again)
{
	char target[PATH_MAX], below[PATH_MAX + 8];
	struct stat there;

	need_groups();
	struct control_group *group = make();
	directory_of(target);
	snprintf(below, sizeof below, "%s/below", target);
	cr_assert_eq(mkdir(below, 0755), 0);
	cr_expect_eq(control_group_remove(group), -1);
	cr_expect_eq(errno, EBUSY);
	cr_expect_eq(lstat(link_path, &there), 0);
	cr_assert_eq(rmdir(below), 0);
	control_group_sweep(link_path);
	cr_expect_neq(stat(target, &there), 0);
	cr_expect_neq(lstat(link_path, &there), 0);
	/* The one of the processes has a link of its own. */
	char *second = mem_format("%s.pids", link_path);
	control_group_sweep(second);
	free(second);
}

/* The harness is killed with a process in a group; the next one sweeps both away. */
Test(control_group, one_of_a_harness_that_was_killed_is_swept)
{
	char *shared = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct stat there;
	int ends[2], byte;

	need_groups();
	cr_assert_neq(shared, MAP_FAILED);
	cr_assert_eq(pipe(ends), 0);
	pid_t harness = fork();
	if (harness == 0) {
		char *name = leftovers_name("loose-group0");
		free(link_path);
		link_path = mem_format("%s/%s", root, name);
		free(name);
		struct control_group *group = make();
		directory_of(shared);
		await_entered(shared, start(group, "exec sleep 600"));
		/* It holds the pipe. */
		raise(SIGKILL);
	}
	cr_assert_eq(waitpid(harness, NULL, 0), harness);
	cr_expect_eq(stat(shared, &there), 0, "%s", shared);
	leftovers_sweep(root);
	cr_expect_neq(stat(shared, &there), 0, "%s", shared);
	/* Nobody has the pipe open any more: what was in the group is gone. */
	close(ends[1]);
	cr_expect_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	munmap(shared, PATH_MAX);
}

/* --- where there is none --- */

/* Why there is none begins so. "@" stands for the root of the test. */
static void expect_none(const char *mounts, const char *own, const char *why)
{
	char *mounts_path = mem_format("%s/mounts", root), *own_path = mem_format("%s/own", root);
	char *expected = mem_format("%.*s%s%s", (int)strcspn(why, "@"), why, strchr(why, '@') ? root : "",
				    strchr(why, '@') ? strchr(why, '@') + 1 : "");
	char *text = mem_format("%.*s%s%s", (int)strcspn(mounts, "@"), mounts, strchr(mounts, '@') ? root : "",
				strchr(mounts, '@') ? strchr(mounts, '@') + 1 : "");
	struct control_groups found;

	root_write("mounts", text);
	root_write("own", own);
	control_groups_find(&found, mounts_path, own_path, link_path, &limits);
	cr_assert(found.why, "%s", mounts);
	cr_expect_eq(strncmp(found.why, expected, strlen(expected)), 0, "%s\n%s", found.why, expected);
	control_groups_release(&found);
	free(text);
	free(expected);
	free(own_path);
	free(mounts_path);
}

#define UNIFIED "30 23 0:26 / @/fs rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
#define OLDER "31 23 0:27 /docker/box @/fs rw - cgroup cgroup rw,memory\n"

Test(control_group, no_mount_is_told)
{
	expect_none("", "0::/\n", "since none of memory are mounted where we are");
	expect_none("22 1 8:1 / / rw - ext4 /dev/vda rw\n", "", "since none of memory are mounted where we are");
	/* A group outside of what is mounted here. */
	expect_none(OLDER, "4:memory:/other\n", "since none of memory are mounted where we are");
	expect_none(UNIFIED, "0::/../other\n", "since none of memory are mounted where we are");
}

Test(control_group, a_directory_that_is_not_there_is_told)
{
	expect_none(OLDER, "4:memory:/docker/box/one\n", "since '@/fs/one' is not there");
	expect_none(UNIFIED, "0::/a\n", "since '@/fs/a' is not there");
}

Test(control_group, a_directory_that_may_not_be_written_is_told)
{
	/* Not even root makes a directory there. */
	expect_none(
		"31 23 0:27 / /sys/kernel rw - cgroup cgroup rw,memory\n", "4:memory:/\n",
		"since '/sys/kernel' is not ours to divide (systemd-run --user --scope before the command gives it a "
		"group of its own)");
}

/* Plain directories, which have no files of limits. What was made is taken away. */
Test(control_group, a_limit_that_is_refused_is_told_and_leaves_nothing)
{
	root_run("mkdir -p fs/one fs/a/b && echo memory pids >fs/a/cgroup.subtree_control");
	expect_none(OLDER, "4:memory:/docker/box/one\n", "since the group above '@/fs/one/");
	/* Our own group has no such file; the one above divides its memory. The reason is our own one's. */
	expect_none(UNIFIED, "0::/a/b\n",
		    "since the group above '@/fs/a/b' does not hand the control of memory on to it");
	root_run("[ -z \"$(find fs -name '*loose*')\" ]");
}
