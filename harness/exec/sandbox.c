/*
 * See sandbox.h. Above 400 lines: what a sandbox is given, how one is tried, and what is said of its limits stand together,
 * so that none of them is changed alone.
 */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/command.h"
#include "base/files.h"
#include "base/mem.h"
#include "leftovers.h"
#include "run_left.h"

/*
 * PROCESSES: a homework starts a thousand threads. CPU_S: for each process, beside the deadline, which counts real time.
 * ROOM: of temporary files, of shared memory, and of what a run writes. MEMORY: all processes together, by a control group
 * where there is one; without it a run is watched. BUILD_DATA: a limit of each compiler, which has no sanitizer in it:
 * two of them at once, one for each flavour, come to theirs before all come to that of the group.
 */
enum { PROCESSES = 2048, OWN_PROCESSES = 8, RUN_CPU_S = 600, BUILD_CPU_S = 30, PROBE_MS = 20000, FIRST_DESCRIPTOR = 4 };
#define MIB (1LL << 20)
#define ROOM (64 * MIB)
#define SCRATCH_ROOM (2LL * OUTPUT_LIMIT + 64 * MIB)
#define FILE_LIMIT (256 * MIB + 1)
#define MEMORY (SANDBOX_MEMORY_MIB * MIB)
#define BUILD_DATA (SANDBOX_COMPILER_MIB * MIB)

static const char path_variable[] = "PATH=/usr/local/bin:/usr/bin:/bin";

/* --- who --- */

struct user {
	unsigned user, group;
	bool known, other; /* than who we are */
};

static struct user sandbox_user(void)
{
	struct user who = {.user = geteuid(), .group = getegid(), .known = true};

	if (who.user != 0)
		return who;
	const struct passwd *nobody = getpwnam("nobody");
	if (!nobody)
		return (struct user){.known = false, .other = true};
	return (struct user){nobody->pw_uid, nobody->pw_gid, true, true};
}

int sandbox_give(const char *path)
{
	struct user who = sandbox_user();

	return who.other ? lchown(path, who.user, who.group) : 0;
}

/* Root gives up what it is before anything else. */
static void drop_root(struct command *command)
{
	struct user who = sandbox_user();

	if (!who.other)
		return;
	command_argument(command, "setpriv");
	command_argument(command, "--reuid=%u", who.user);
	command_argument(command, "--regid=%u", who.group);
	command_argument(command, "--clear-groups");
	command_argument(command, "--inh-caps=-all");
	command_argument(command, "--bounding-set=-all");
	command_argument(command, "--no-new-privs");
}

/* --- what is there --- */

static void show(struct command *command, const char *how, const char *from, const char *to)
{
	command_argument(command, "%s", how);
	command_argument(command, "%s", from);
	command_argument(command, "%s", to);
}

static void show_of_root(struct command *command, const char *root, const char *const *paths)
{
	for (; *paths; paths++) {
		char *path = mem_format("%s/%s", root, *paths);
		show(command, "--ro-bind-try", path, path);
		free(path);
	}
}

/* A link is made anew, for where usr is merged. */
static void show_system(struct command *command)
{
	static const char *const folders[] = {"/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"};
	static const char *const files[] = {"/etc/ld.so.cache",	 "/etc/ld.so.conf",    "/etc/ld.so.conf.d",
					    "/etc/alternatives", "/etc/nsswitch.conf", "/etc/localtime",
					    "/etc/gai.conf",	 "/etc/protocols",     "/etc/services"};
	char target[256];

	show(command, "--ro-bind", "/usr", "/usr");
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		ssize_t length = readlink(folders[i], target, sizeof target - 1);
		target[length > 0 ? length : 0] = '\0';
		if (length > 0)
			show(command, "--symlink", target, folders[i]);
		else
			show(command, "--ro-bind-try", folders[i], folders[i]);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		show(command, "--ro-bind-try", files[i], files[i]);
}

static void make_room(struct command *command, long long bytes, const char *path)
{
	command_argument(command, "--size");
	command_argument(command, "%lld", bytes);
	command_argument(command, "--tmpfs");
	command_argument(command, "%s", path);
}

/* A compiler is given no file that does not end: neither a device nor what the kernel says of its memory. */
static void show_machine(struct command *command, enum sandbox_use use)
{
	if (use == SANDBOX_RUNS) {
		show(command, "--proc", "/proc", "--dev");
		command_argument(command, "/dev");
		make_room(command, ROOM, "/dev/shm");
		command_argument(command, "--remount-ro");
		command_argument(command, "/dev");
	} else {
		show(command, "--dev-bind", "/dev/null", "/dev/null");
	}
	make_room(command, ROOM, "/tmp");
}

static void show_workbook(struct command *command, const struct sandbox *sandbox, enum sandbox_use use)
{
	static const char *const runs[] = {"build/supervisor",
					   "build/inside",
					   "build/stacks.so",
					   "build/monitor.so",
					   "build/closes.so",
					   "build/runner",
					   "harness/detectors/valgrind",
					   NULL};
	static const char *const builds[] = {"build/supervisor",
					     "build/inside",
					     "build/toolchain",
					     "build/lock",
					     "build/plain/kit.a",
					     "build/tsan/kit.a",
					     "build/plain/obj/harness/runtime",
					     "build/tsan/obj/harness/runtime",
					     "build/plain/obj/exercises",
					     "build/tsan/obj/exercises",
					     "build/plain/obj/chapters/kit",
					     "build/tsan/obj/chapters/kit",
					     "Makefile",
					     "chapters/kit",
					     "exercises",
					     "harness/runtime",
					     "harness/wire",
					     NULL};

	show_of_root(command, sandbox->root, use == SANDBOX_RUNS ? runs : builds);
	show(command, use == SANDBOX_RUNS ? "--ro-bind" : "--bind", sandbox->writable, sandbox->writable);
}

/* Gives the command a descriptor; returns its number there. */
static size_t add_descriptor(struct sandboxed *wrapped, int file)
{
	wrapped->descriptors =
		mem_resize(wrapped->descriptors, wrapped->descriptor_count + 1, sizeof *wrapped->descriptors);
	wrapped->descriptors[wrapped->descriptor_count++] = file;
	return FIRST_DESCRIPTOR + wrapped->descriptor_count - 1;
}

/* The first is the one to tell. */
static void cannot_show(struct sandboxed *wrapped, const char *path)
{
	if (!wrapped->why)
		wrapped->why = mem_format("cannot give '%s' to a sandbox: %s", path, strerror(errno));
}

/* What bubblewrap reads now, and so under the eyes of who starts it. */
static void show_files(struct sandboxed *wrapped, const char *const *files)
{
	for (; files && *files; files++) {
		int file = open(*files, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (file < 0 && errno != ENOENT)
			cannot_show(wrapped, *files);
		if (file < 0)
			continue;
		size_t number = add_descriptor(wrapped, file);
		command_argument(&wrapped->command, "--ro-bind-data");
		command_argument(&wrapped->command, "%zu", number);
		command_argument(&wrapped->command, "%s", *files);
	}
}

/* --- the control group --- */

static const struct control_group_limits group_limits = {MEMORY, PROCESSES + OWN_PROCESSES};

/* An absolute path that no other group has, for the caller to free. */
static char *group_link(const char *root)
{
	static unsigned long serial;
	char number[40], *runs = mem_format("%s/build/run", root);

	snprintf(number, sizeof number, "loose-group%lu", serial++);
	mkdir(runs, 0777);
	char *name = leftovers_name(number), *link = mem_format("%s/%s", root, name);
	free(name);
	free(runs);
	return link;
}

/* Where they can be made, which does not change while we run. */
static const struct control_groups *machine_groups(const char *root)
{
	static struct control_groups groups;
	static bool known;

	if (!known) {
		char *link = group_link(root);
		control_groups_find(&groups, "/proc/self/mountinfo", "/proc/self/cgroup", link, &group_limits);
		free(link);
		known = true;
	}
	return &groups;
}

/* What stands in front of all else. Where groups can be made and one cannot, there is no sandbox. */
static void enter_group(struct sandboxed *wrapped, const char *root)
{
	const struct control_groups *groups = machine_groups(root);
	char *why = NULL;

	if (groups->why)
		return;
	char *link = group_link(root);
	wrapped->group = control_group_new(groups, link, &group_limits, &why);
	free(link);
	if (wrapped->group)
		control_group_entrance(wrapped->group, &wrapped->command);
	else if (!wrapped->why)
		wrapped->why = mem_format("cannot make a control group for a sandbox, %s", why);
	free(why);
}

/* --- the whole --- */

static void begin(struct command *command)
{
	static const char *const namespaces[] = {"--unshare-user", "--unshare-pid", "--unshare-net",
						 "--unshare-ipc",  "--unshare-uts", "--unshare-cgroup-try",
						 "--hostname",	   "sandbox",	    "--die-with-parent"};

	drop_root(command);
	command_argument(command, "bwrap");
	for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
		command_argument(command, "%s", namespaces[i]);
	show_system(command);
}

static void limit(struct command *command, const char *name, long long number)
{
	command_argument(command, "%s", name);
	command_argument(command, "%lld", number);
}

static void build_inside(struct command *command, const char *root, enum sandbox_use use, const char *scratch,
			 int kills)
{
	command_argument(command, "%s/build/inside", root);
	limit(command, "--processes", PROCESSES);
	limit(command, "--file", FILE_LIMIT);
	limit(command, "--cpu", use == SANDBOX_RUNS ? RUN_CPU_S : BUILD_CPU_S);
	if (use == SANDBOX_BUILDS)
		limit(command, "--data", BUILD_DATA);
	else if (kills >= 0)
		limit(command, "--kills", kills);
	else
		limit(command, "--memory", MEMORY);
	if (scratch) {
		limit(command, "--relay", 1);
		command_argument(command, "--keep");
		command_argument(command, "%s", scratch);
	}
}

static void set_environment(struct command *command, char *const *environment)
{
	static const char *const plain[] = {path_variable, "HOME=/tmp", "TMPDIR=/tmp", "USER=nobody"};

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		command_argument(command, "--set");
		command_argument(command, "%s", plain[i]);
	}
	for (; environment && *environment; environment++) {
		command_argument(command, "--set");
		command_argument(command, "%s", *environment);
	}
}

void sandbox_wrap(const struct sandbox *sandbox, enum sandbox_use use, const char *scratch, char *const *inner,
		  char *const *environment, struct sandboxed *wrapped)
{
	struct command *command = &wrapped->command;

	*wrapped = (struct sandboxed){0};
	if (scratch) {
		int kept = open(scratch, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (kept < 0 || sandbox_give(scratch) != 0)
			cannot_show(wrapped, scratch);
		add_descriptor(wrapped, kept);
	}
	enter_group(wrapped, sandbox->root);
	int kills = wrapped->group && use == SANDBOX_RUNS ? control_group_kills(wrapped->group) : -1;
	if (kills >= 0)
		kills = (int)add_descriptor(wrapped, kills);
	begin(command);
	show_machine(command, use);
	show_workbook(command, sandbox, use);
	if (use == SANDBOX_BUILDS)
		show_files(wrapped, sandbox->files);
	if (scratch)
		make_room(command, SCRATCH_ROOM, scratch);
	command_argument(command, "--remount-ro");
	show(command, "/", "--chdir", sandbox->root);
	command_argument(command, "--");
	build_inside(command, sandbox->root, use, scratch, kills);
	set_environment(command, environment);
	command_argument(command, "--");
	for (; *inner; inner++)
		command_argument(command, "%s", *inner);
	command_environment(command, "%s", path_variable);
}

void sandboxed_release(struct sandboxed *wrapped)
{
	for (size_t i = 0; i < wrapped->descriptor_count; i++)
		if (wrapped->descriptors[i] >= 0)
			close(wrapped->descriptors[i]);
	free(wrapped->descriptors);
	if (wrapped->group)
		control_group_remove(wrapped->group);
	free(wrapped->why);
	command_release(&wrapped->command);
	*wrapped = (struct sandboxed){0};
}

/* --- whether there can be one --- */

static bool succeeds(char *const *argv)
{
	char *words = command_output(argv, PROBE_MS);

	free(words);
	return words;
}

/* What a run is, without a channel and without anything to run. */
static bool works(const char *root)
{
	struct command command = {0};
	const struct sandbox sandbox = {.root = root, .writable = "/usr"};

	begin(&command);
	show_machine(&command, SANDBOX_RUNS);
	show_workbook(&command, &sandbox, SANDBOX_RUNS);
	command_argument(&command, "--");
	command_argument(&command, "%s/build/inside", root);
	set_environment(&command, NULL);
	command_argument(&command, "--");
	command_argument(&command, "true");
	bool all = succeeds(command.argv);
	command_release(&command);
	return all;
}

static bool is_within_reach(const char *root)
{
	struct command command = {0};

	drop_root(&command);
	command_argument(&command, "test");
	command_argument(&command, "-x");
	command_argument(&command, "%s/build/inside", root);
	bool reached = succeeds(command.argv);
	command_release(&command);
	return reached;
}

static bool can_give_up_root(void)
{
	struct command command = {0};

	drop_root(&command);
	command_argument(&command, "true");
	bool can = succeeds(command.argv);
	command_release(&command);
	return can;
}

char *sandbox_problem(const char *root)
{
	char *const version[] = {"bwrap", "--version", NULL};

	if (!succeeds(version))
		return mem_copy("there is no sandbox without bubblewrap; install the package 'bubblewrap'");
	if (!sandbox_user().known)
		return mem_copy(
			"root gives a sandbox to the user 'nobody', and there is none here; run loose as another user");
	if (works(root))
		return NULL;
	if (!can_give_up_root())
		return mem_copy(
			"root gives a sandbox to the user 'nobody', and may not become that user here (setpriv fails); run "
			"loose as another user");
	if (!is_within_reach(root))
		return mem_format(
			"the user of the sandbox cannot reach '%s'; move the workbook to where all may read it", root);
	return mem_copy(
		"this machine lets no user make a sandbox (bwrap cannot have namespaces of its own); allow user "
		"namespaces: sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces, or the container's profile");
}

char *sandbox_limits(const char *root)
{
	const struct control_groups *groups = machine_groups(root);
	const char *counts = groups->counts ? ", as it counts the processes" : "";
	char *memory =
		groups->why ? mem_format("memory of %lld MiB, of a run looked at five times a second", MEMORY / MIB)
			    : mem_format("memory of %lld MiB, held at once by a control group%s", MEMORY / MIB, counts);
	char *missing = groups->why ? mem_format("a control group, %s; ", groups->why) : mem_copy("");
	char *lines = mem_format(
		"in force: no network; users, processes, shared memory and names of its own%s; of the disk only the system, the "
		"kit and what is judged, read-only; %lld MiB in /tmp and in /dev/shm; files of %lld MiB; %d processes and "
		"threads; %d s of CPU time for each process, %d s for a compiler; %s; output and real time as everywhere\n"
		"missing: %sa filter of system calls",
		geteuid() == 0 ? ", as the user nobody" : "", ROOM / MIB, FILE_LIMIT / MIB, PROCESSES, RUN_CPU_S,
		BUILD_CPU_S, memory, missing);

	free(missing);
	free(memory);
	return lines;
}
