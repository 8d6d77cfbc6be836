/*
 * Completion for the shells: completion.bash and completion.zsh, with the tables of commands put in where they have a line
 * "# @table@".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "help.h"
#include "verdict/detector.h"

/* --- bash ----------------------------------------------------------------------------------------------------------*/

static const char *const operand_names[] = {
	[OPERAND_NONE] = "",	     [OPERAND_PITFALL] = "pitfall", [OPERAND_PROGRAM] = "program",
	[OPERAND_SOURCE] = "source", [OPERAND_SHELL] = "shell",
};

static void print_detectors(FILE *out)
{
	fputs(detector_of_tests()->name, out);
	for (size_t i = 0; detectors[i]; i++)
		fprintf(out, " %s", detectors[i]->name);
}

/* "name='--a --b'": the options of these kinds. */
static void bash_list(FILE *out, const char *name, const struct option_spec *options, unsigned kinds)
{
	const char *between = "";

	fprintf(out, "%s='", name);
	for (; options->name; options++) {
		if (!(kinds & 1U << options->kind))
			continue;
		fprintf(out, "%s--%s", between, options->name);
		between = " ";
	}
	fputs("'", out);
}

static void print_bash(FILE *out)
{
	fputs("_loose_detectors='", out);
	print_detectors(out);
	fputs("'\n_loose_commands='", out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", commands[i]->name);
	fputs("'\n\n_loose_table() {\n\tcase $command in\n", out);
	for (size_t i = 0; commands[i]; i++) {
		const struct command_entry *command = commands[i];
		fprintf(out, "\t%s)\n\t\t", command->name);
		bash_list(out, "options", command->options, ~0U);
		fputs("\n\t\t", out);
		bash_list(out, "files", command->options, 1U << OPTION_FILE);
		fputc(' ', out);
		bash_list(out, "detectors", command->options, 1U << OPTION_DETECTOR);
		fputc(' ', out);
		bash_list(out, "others", command->options,
			  1U << OPTION_TEXT | 1U << OPTION_NUMBER | 1U << OPTION_COUNT);
		fprintf(out, "\n\t\tkinds=('%s' '%s')\n\t\t;;\n", operand_names[command->operands[0]],
			operand_names[command->operands[1]]);
	}
	fputs("\tesac\n}\n", out);
}

/* --- zsh -----------------------------------------------------------------------------------------------------------*/

/* Text within single quotes, with a backslash before what _arguments takes for a mark of its own. */
static void zsh_quoted(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\'", out);
		else if (strchr("[]:\\", *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void zsh_option(FILE *out, const struct option_spec *option)
{
	char *help = help_of_option(option);

	fprintf(out, " \\\n\t\t\t\t'--%s%s[", option->name, option->argument ? "=" : "");
	zsh_quoted(out, help);
	fputs("]", out);
	if (option->argument)
		fprintf(out, ":%s:", option->argument);
	if (option->kind == OPTION_FILE)
		fputs("_files", out);
	if (option->kind == OPTION_DETECTOR) {
		fputc('(', out);
		print_detectors(out);
		fputc(')', out);
	}
	fputc('\'', out);
	free(help);
}

static void zsh_operands(FILE *out, const struct command_entry *command)
{
	static const char *const actions[] = {
		[OPERAND_NONE] = "",
		[OPERAND_PITFALL] = "pitfall:_loose_pitfalls",
		[OPERAND_PROGRAM] = "program:_loose_programs",
		[OPERAND_SOURCE] = "source:_loose_sources",
		[OPERAND_SHELL] = "shell:(bash zsh)",
	};

	for (int i = 0; i < 2; i++) {
		if (command->operands[i] == OPERAND_NONE)
			continue;
		if (i == 1 && command->most < 0)
			fprintf(out, " \\\n\t\t\t\t'*:%s'", actions[command->operands[i]]);
		else
			fprintf(out, " \\\n\t\t\t\t'%d:%s'", i + 1, actions[command->operands[i]]);
	}
}

static void print_zsh(FILE *out)
{
	fputs("\tcommand)\n\t\tcommands=(\n", out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, "\t\t\t'%s:", commands[i]->name);
		zsh_quoted(out, commands[i]->summary);
		fputs("'\n", out);
	}
	fputs("\t\t)\n\t\t_describe command commands\n\t\t;;\n\toperand)\n\t\tcase $words[1] in\n", out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, "\t\t%s)\n\t\t\t_arguments '(- *)--help[tell the options]'", commands[i]->name);
		for (const struct option_spec *option = commands[i]->options; option->name; option++)
			zsh_option(out, option);
		zsh_operands(out, commands[i]);
		fputs("\n\t\t\t;;\n", out);
	}
	fputs("\t\tesac\n\t\t;;\n", out);
}

/* --- the command ---------------------------------------------------------------------------------------------------*/

static int print_completion(const char *root, const char *shell, void (*print)(FILE *out))
{
	static const char mark[] = "# @table@\n";
	char *path = mem_format("%s/harness/commands/completion.%s", root, shell), *text = file_read(path);
	char *table = text ? strstr(text, mark) : NULL;
	int status = STATUS_AGREES;

	if (table) {
		fwrite(text, 1, (size_t)(table - text), stdout);
		print(stdout);
		fputs(table + strlen(mark), stdout);
	} else {
		status = bad_input("'%s' is damaged; copy the workbook anew", path);
	}
	free(text);
	free(path);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} shells[] = {{"bash", print_bash}, {"zsh", print_zsh}};
	struct operands operands;

	if (options_parse(&command_completion, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (strcmp(operands.items[0], shells[i].name) == 0)
			return print_completion(root, shells[i].name, shells[i].print);
	return bad_input("there is no completion for '%s'; use bash or zsh", operands.items[0]);
}

static const struct option_spec options[] = {{0}};

const struct command_entry command_completion = {
	.name = "completion",
	.arguments = "SHELL",
	.summary = "complete commands, options and pitfalls in bash or zsh",
	.about =
		"Prints the completion for SHELL, bash or zsh. For the bash in hand, for every bash, and for every zsh, where DIR "
		"is in $fpath:\n\n"
		"  source <(./loose completion bash)\n"
		"  ./loose completion bash >~/.local/share/bash-completion/completions/loose\n"
		"  ./loose completion zsh >DIR/_loose",
	.options = options,
	.operands = {OPERAND_SHELL},
	.least = 1,
	.most = 1,
	.run = run,
};
