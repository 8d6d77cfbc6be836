#include "help.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "names.h"

enum { WIDTH = 80 };

/* What is true of every command. */
static const char purpose[] = "a workbook of concurrency pitfalls in C, and the judge of its programs";
static const char naming[] =
	"A PITFALL is named by any part of its path that no other has, or by the path itself, from where you are: "
	"'implicit', 'chapters/02-ownership/implicit-contract/' and the file of its exercise all do. An option's value is "
	"the next word or follows a '='; FILE may be '-' for standard output. What stands after '--' is not an option.";

struct entry {
	const char *name, *help;
};

static const struct entry statuses[] = {
	{"0", "all as declared"},
	{"1", "something disagrees with its declaration, or a program of yours fails"},
	{"2", "bad input or usage; one line says the fix"},
	{"3", "cannot judge here: a detector is missing, has crashed or cannot be trusted"},
	{NULL, NULL},
};

static const struct entry environment[] = {
	{"PAGER", "shows what 'show' and 'diff' print on a terminal (default: less)"},
	{"CI", "when set, packages are installed without a question"},
	{NULL, NULL},
};

/* --- laying out ----------------------------------------------------------------------------------------------------*/

/* `length` bytes of text, which begin in the column `indent`, as lines that are indented so. */
static void wrap(FILE *out, const char *text, int length, int indent)
{
	const char *end = text + length;

	for (int column = indent; text < end; text += strspn(text, " ")) {
		int word = (int)strcspn(text, " \n");
		if (column > indent && column + 1 + word >= WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		}
		column += fprintf(out, "%s%.*s", column > indent ? " " : "", word, text);
		text += word;
	}
}

/* Text whose lines are paragraphs. One that begins with a blank stays as it is. The first begins in the column `indent`. */
static void lay_out(FILE *out, const char *text, int indent)
{
	for (;;) {
		int length = (int)strcspn(text, "\n");
		if (*text == ' ')
			fprintf(out, "%.*s", length, text);
		else
			wrap(out, text, length, indent);
		fputc('\n', out);
		if (!text[length])
			return;
		text += length + 1;
		fprintf(out, "%*s", *text == '\n' ? 0 : indent, "");
	}
}

/* "  --json FILE  what it does": the help begins in the column `indent`. */
static void print_entry(FILE *out, const char *name, const char *help, int indent)
{
	fprintf(out, "  %-*s", indent - 2, name);
	lay_out(out, help, indent);
}

static char *name_of_option(const struct option_spec *option)
{
	return option->argument ? mem_format("--%s %s", option->name, option->argument)
				: mem_format("--%s", option->name);
}

char *help_of_option(const struct option_spec *option)
{
	static const char mark[] = "{detectors}";
	const char *at = strstr(option->help, mark);

	if (!at)
		return mem_copy(option->help);
	char *names = names_of_detectors(" or ");
	char *help = mem_format("%.*s%s%s", (int)(at - option->help), option->help, names, at + strlen(mark));
	free(names);
	return help;
}

/* --- help pages ----------------------------------------------------------------------------------------------------*/

void help_all(FILE *out)
{
	fprintf(out, "loose - %s\n\nUsage: ./loose COMMAND [OPTION...] [OPERAND...]\n\n", purpose);
	for (size_t i = 0; commands[i]; i++)
		print_entry(out, commands[i]->name, commands[i]->summary, 14);
	fputs("\n'./loose COMMAND --help' tells more. './loose --version' tells what this is.\n\n", out);
	lay_out(out, naming, 0);
	fputs("\nExit status:\n\n", out);
	for (const struct entry *entry = statuses; entry->name; entry++)
		print_entry(out, entry->name, entry->help, 5);
}

static void print_options(FILE *out, const struct option_spec *options)
{
	size_t widest = 0;

	for (const struct option_spec *option = options; option->name; option++) {
		size_t width = strlen(option->name) + (option->argument ? strlen(option->argument) + 1 : 0);
		widest = width > widest ? width : widest;
	}
	if (widest)
		fputc('\n', out);
	for (const struct option_spec *option = options; option->name; option++) {
		char *name = name_of_option(option), *help = help_of_option(option);
		print_entry(out, name, help, (int)widest + 6);
		free(help);
		free(name);
	}
}

void help_command(FILE *out, const struct command_entry *command)
{
	fprintf(out, "loose %s - %s\n\nUsage: ./loose %s%s%s%s\n\n", command->name, command->summary, command->name,
		command->options->name ? " [OPTION...]" : "", *command->arguments ? " " : "", command->arguments);
	lay_out(out, command->about, 0);
	print_options(out, command->options);
}

/* --- the manual page -----------------------------------------------------------------------------------------------*/

/* Dashes, quotes and backslashes stay what they are in troff. */
static void print_escaped(FILE *out, const char *text, int length)
{
	for (; length > 0; text++, length--) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\'')
			fputs("\\(aq", out);
		else
			fputc(*text, out);
	}
	fputc('\n', out);
}

/* What lay_out() takes, for troff: a line that stays as it is is neither filled nor taken for a request. */
static void print_roff(FILE *out, const char *text)
{
	for (;;) {
		int length = (int)strcspn(text, "\n");
		fputs(length == 0 ? ".PP" : *text == ' ' ? ".nf\n" : *text == '.' ? "\\&" : "", out);
		print_escaped(out, text, length);
		fputs(*text == ' ' ? ".fi\n" : "", out);
		if (!text[length])
			return;
		text += length + 1;
	}
}

static void print_tagged(FILE *out, const char *name, const char *help)
{
	fputs(".TP\n.B ", out);
	print_roff(out, name);
	print_roff(out, help);
}

static void manual_of(FILE *out, const struct command_entry *command)
{
	fprintf(out, ".SS loose %s", command->name);
	if (command->options->name)
		fputs(" [OPTION...]", out);
	fprintf(out, "%s%s\n", *command->arguments ? " " : "", command->arguments);
	print_roff(out, command->about);
	for (const struct option_spec *option = command->options; option->name; option++) {
		char *name = name_of_option(option), *help = help_of_option(option);
		print_tagged(out, name, help);
		free(help);
		free(name);
	}
}

void help_manual(FILE *out, const char *version)
{
	fprintf(out, ".TH LOOSE 1 \"\" \"Loose Threads %s\"\n.SH NAME\nloose \\- ", version);
	print_roff(out, purpose);
	fputs(".SH SYNOPSIS\n.B ./loose\n.I COMMAND\n[OPTION...] [OPERAND...]\n.SH DESCRIPTION\n", out);
	print_roff(out, naming);
	fputs(".SH COMMANDS\n", out);
	for (size_t i = 0; commands[i]; i++)
		manual_of(out, commands[i]);
	fputs(".SH EXIT STATUS\n", out);
	for (const struct entry *entry = statuses; entry->name; entry++)
		print_tagged(out, entry->name, entry->help);
	fputs(".SH ENVIRONMENT\n", out);
	for (const struct entry *entry = environment; entry->name; entry++)
		print_tagged(out, entry->name, entry->help);
	fputs(".SH SEE ALSO\n.BR clang (1),\n.BR valgrind (1)\n", out);
}
