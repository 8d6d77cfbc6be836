/* getopt_long() is GNU's; this is the one file that uses it. */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "command.h"
#include "compiler.h"
#include "names.h"
#include "verdict/detector.h"

enum {
	MOST_OPTIONS = 24,
	MOST = 1000000,
	OPERAND = 1,	    /* as getopt_long() calls it, with '-' in front of the letters */
	FIRST_OPTION = 256, /* each has a number of its own: of two that differ in nothing else it would take either */
};

static char *set_value(const struct option_spec *spec, const char *text, char *values)
{
	char *end, *field = values + spec->value;

	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return NULL;
	case OPTION_NUMBER:
	case OPTION_COUNT:
		break;
	case OPTION_TEXT:
	case OPTION_FILE:
		*(const char **)field = text;
		return *text ? NULL : mem_format("--%s takes a %s, not an empty word", spec->name, spec->argument);
	case OPTION_DETECTOR:
		*(const struct detector **)field = detector_named(text);
		return *(const struct detector **)field ? NULL : names_no_detector(text);
	}
	long number = strtol(text, &end, 10);
	*(long *)field = number;
	int least = spec->kind == OPTION_COUNT ? 0 : 1;
	if (!*text || *end || number < least || number > MOST)
		return mem_format("--%s takes a whole number from %d to %d, not '%s'", spec->name, least, MOST, text);
	return NULL;
}

/* What is wrong with a word that getopt_long() does not take. */
static char *explain(const struct command_entry *command, const char *word)
{
	const char *names[MOST_OPTIONS], *start = word + strspn(word, "-"), *found = NULL;
	char *name = mem_copy_n(start, strcspn(start, "=")), *several = mem_copy(""), *message;
	size_t count = 0, matches = 0;

	for (; command->options[count].name; count++) {
		const char *known = names[count] = command->options[count].name;
		if (strncmp(word, "--", 2) != 0 || strncmp(known, name, strlen(name)) != 0)
			continue;
		char *longer = mem_format("%s%s--%s", several, matches++ ? " or " : "", known);
		free(several);
		several = longer;
		if (!found || strcmp(known, name) == 0)
			found = known;
	}
	const char *near = nearest_name(name, names, count);
	if (found && (matches == 1 || strcmp(found, name) == 0))
		message = mem_format("'--%s' takes no value; leave out '%s'", found, strchr(word, '='));
	else if (found)
		message = mem_format("'%s' may be %s; write it out", word, several);
	else if (near)
		message = mem_format("unknown option '%s'; did you mean '--%s'?", word, near);
	else
		message = mem_format("unknown option '%s'; './loose %s --help' lists them", word, command->name);
	free(several);
	free(name);
	return message;
}

/* Any letter, and what follows it in the word. */
#define COMPILER                                                                                                       \
	"-:A::B::C::D::E::F::G::H::I::J::K::L::M::N::O::P::Q::R::S::T::U::V::W::X::Y::Z::"                             \
	"a::b::c::d::e::f::g::h::i::j::k::l::m::n::o::p::q::r::s::t::u::v::w::x::y::z::"

/* A word for the compiler; not one of the command's own options with a dash too few. */
static char *take_flag(const struct command_entry *command, int argc, char **argv, int at, int *count)
{
	size_t length = strcspn(argv[at] + 1, "=");

	for (const struct option_spec *option = command->options; option->name; option++)
		if (strncmp(option->name, argv[at] + 1, length) == 0 && !option->name[length])
			return explain(command, argv[at]);
	bool next = compiler_takes_next(argv[at]);
	if (next && optind >= argc)
		return mem_format("'%s' needs a value", argv[at]);
	argv[1 + (*count)++] = argv[at];
	if (next)
		argv[1 + (*count)++] = argv[optind++];
	return NULL;
}

/* Takes the words one by one, in their order: options into `values`, operands to the front of argv + 1. */
static char *read_words(const struct command_entry *command, int argc, char **argv, void *values, int *count)
{
	struct option known[MOST_OPTIONS] = {0};
	const char *letters = command->compiles ? COMPILER : "-:";
	char *error = NULL;
	int found, at;

	for (int i = 0; command->options[i].name; i++)
		known[i] = (struct option){command->options[i].name,
					   command->options[i].kind == OPTION_FLAG ? no_argument : required_argument,
					   NULL, FIRST_OPTION + i};
	opterr = 0;
	optind = 0;
	while (!error && (at = optind ? optind : 1, found = getopt_long(argc, argv, letters, known, NULL)) != -1) {
		if (found == OPERAND)
			argv[1 + (*count)++] = optarg;
		else if (found == ':')
			error = mem_format("'%s' needs a value", argv[at]);
		else if (found == '?')
			error = explain(command, argv[at]);
		else if (found < FIRST_OPTION)
			error = take_flag(command, argc, argv, at, count);
		else
			error = set_value(&command->options[found - FIRST_OPTION], optarg, values);
	}
	return error;
}

char *options_read(const struct command_entry *command, int argc, char **argv, void *values, struct operands *operands)
{
	char *error;

	*operands = (struct operands){.items = argv + 1};
	error = read_words(command, argc, argv, values, &operands->count);
	if (error)
		return error;
	operands->passed = argv + optind;
	while (!command->passes && optind < argc)
		operands->items[operands->count++] = argv[optind++];
	if (!command->passes)
		operands->passed = argv + argc;
	operands->items[operands->count] = NULL;
	if (operands->count < command->least)
		return mem_format("%s takes %s; './loose %s --help' tells more", command->name, command->arguments,
				  command->name);
	if (command->most >= 0 && operands->count > command->most)
		return mem_format("%s takes %s, so '%s' is one too many; './loose %s --help' tells more", command->name,
				  command->most ? command->arguments : "no operand", operands->items[command->most],
				  command->name);
	return NULL;
}

int options_parse(const struct command_entry *command, int argc, char **argv, void *values, struct operands *operands)
{
	char *error = options_read(command, argc, argv, values, operands);

	if (!error)
		return 0;
	int status = bad_input("%s", error);
	free(error);
	return status;
}
