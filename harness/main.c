/* The entrance: finds the workbook and the command. The only file that ends the process. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "commands/command.h"
#include "commands/help.h"
#include "commands/start.h"
#include "exec/resources.h"

static bool asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* The workbook is where the executable is: ROOT/build/loose. Tests name another. */
static char *find_root(void)
{
	const char *named = getenv("LOOSE_ROOT");
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

	if (named && *named)
		return realpath(named, NULL);
	if (length < 0)
		return NULL;
	path[length] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	return mem_copy(path);
}

static int unknown_command(const char *typed)
{
	const char *names[64];
	size_t count = 0;

	while (commands[count] && count < sizeof names / sizeof *names) {
		names[count] = commands[count]->name;
		count++;
	}
	const char *near = nearest_name(typed, names, count);
	if (near)
		return bad_input("unknown command '%s'; did you mean '%s'?", typed, near);
	return bad_input("unknown command '%s'; './loose --help' lists them", typed);
}

static int run_command(int argc, char **argv)
{
	const struct command_entry *command = NULL;

	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, argv[0]) == 0)
			command = commands[i];
	if (!command)
		return unknown_command(argv[0]);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (asks_for_help(argv[i])) {
			help_command(stdout, command);
			return STATUS_AGREES;
		}
	if (access("/proc/self/stat", R_OK) != 0)
		return cannot_judge(
			"/proc is not there, and nothing can be watched without it; mount -t proc proc /proc");
	char *root = find_root();
	if (!root)
		return bad_input("cannot find the workbook; start it with ./loose");
	int status = command->run(root, argc, argv);
	free(root);
	return status;
}

static int run_start_page(void)
{
	char *root = find_root();

	if (!root)
		return bad_input("cannot find the workbook; start it with ./loose");
	int status = start_page(root);
	free(root);
	return status;
}

/*
 * What is opened takes the lowest number that is free: where one of the standard streams is closed that would be the event
 * loop's own, or a file that messages then go into. False when there is not even a descriptor for that.
 */
static bool open_standard_streams(void)
{
	for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
		if (fcntl(stream, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) != stream)
			return false;
	return true;
}

/* What was printed and did not arrive is an error too, whatever there was to print. Told once, with its reason. */
static int finish_output(int status)
{
	bool lost = ferror(stdout);

	errno = 0;
	if (fflush(stdout) == 0 && !lost)
		return status;
	/* A stream that failed some time ago no longer tells why. */
	return cannot_judge("cannot write all output: %s; send it to a file on a disk with room",
			    errno ? strerror(errno) : "some of it was refused");
}

static void end_exhausted(void)
{
	_exit(STATUS_CANNOT_JUDGE);
}

/*
 * libuv and the C library know no other answer to some refusals than abort(). That is not a crash: nothing was
 * judged wrong, and what was judged is kept. What watches the children ends with this process.
 */
static void on_abort(int number)
{
	static const char line[] =
		"loose: cannot go on: the event loop was refused memory or descriptors, or the harness "
		"has a fault; run it again, and report it if it comes back\n";

	(void)number;
	/* Nothing can be done where the write fails. */
	ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
	(void)written;
	_exit(STATUS_CANNOT_JUDGE);
}

int main(int argc, char **argv)
{
	int status = STATUS_AGREES;

	if (!open_standard_streams())
		exit(STATUS_CANNOT_JUDGE);
	/* What is judged is the same user's, and shall not look into the memory and the descriptors of who judges it. */
	prctl(PR_SET_DUMPABLE, 0);
	resources_prepare();
	mem_on_exhaustion(end_exhausted);
	signal(SIGABRT, on_abort);
	setlocale(LC_CTYPE, "");
	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		argv[1] = (char *)command_version.name;
	/* "help COMMAND" is "COMMAND --help". */
	if (argc > 2 && strcmp(argv[1], "help") == 0) {
		argv[1] = argv[2];
		argv[2] = "--help";
	}
	if (argc < 2)
		status = run_start_page();
	else if (asks_for_help(argv[1]) || strcmp(argv[1], "help") == 0)
		help_all(stdout);
	else
		status = run_command(argc - 1, argv + 1);
	exit(finish_output(status));
}
