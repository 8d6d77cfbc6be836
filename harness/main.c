/* The entrance: finds the workbook and the command. The only file that ends the process. */
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "commands/command.h"

const struct command_entry *const commands[] = {
	&command_list,	&command_show, &command_diff, &command_run, &command_verify, &command_check, &command_doctor,
	&command_alert, &command_test, &command_text, NULL,
};

static void print_help(void)
{
	puts("loose - a workbook of concurrency pitfalls in C, and the judge of its programs\n");
	puts("Usage: ./loose COMMAND [OPTION...] [OPERAND...]\n");
	for (size_t i = 0; commands[i]; i++)
		printf("  %-8s %s\n", commands[i]->name, commands[i]->summary);
	puts("\n'./loose COMMAND --help' tells more. A PITFALL is named by any part of its path\n"
	     "that no other has.\n"
	     "\n"
	     "Exit status: 0 all as declared; 1 something disagrees, or a submission fails;\n"
	     "2 bad input; 3 cannot judge here.");
}

static void print_command_help(const struct command_entry *command)
{
	printf("loose %s - %s\n\nUsage: ./loose %s [OPTION...] %s\n\n%s", command->name, command->summary,
	       command->name, command->arguments, command->help);
}

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

static int run_command(int argc, char **argv)
{
	const struct command_entry *command = NULL;

	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, argv[0]) == 0)
			command = commands[i];
	if (!command)
		return bad_input("unknown command '%s'; './loose --help' lists them", argv[0]);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (asks_for_help(argv[i])) {
			print_command_help(command);
			return STATUS_AGREES;
		}
	char *root = find_root();
	if (!root)
		return bad_input("cannot find the workbook; start it with ./loose");
	int status = command->run(root, argc, argv);
	free(root);
	return status;
}

int main(int argc, char **argv)
{
	int status = STATUS_AGREES;

	setlocale(LC_CTYPE, "");
	if (argc < 2 || asks_for_help(argv[1]) || strcmp(argv[1], "help") == 0)
		print_help();
	else
		status = run_command(argc - 1, argv + 1);
	/* A full disk behind standard output is an error too. */
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_AGREES)
		status = bad_input("cannot write to standard output");
	exit(status);
}
