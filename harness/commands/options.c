/* getopt_long() is GNU's; this is the one file that uses it. */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command.h"

enum { MOST_OPTIONS = 24, MOST = 1000000 };

static const int arguments[] = {
	[OPTION_FLAG] = no_argument,
	[OPTION_NUMBER] = required_argument,
	[OPTION_TEXT] = required_argument,
	[OPTION_MAYBE_TEXT] = optional_argument,
};

static int set_value(const struct option_spec *spec, const char *text)
{
	char *end;

	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)spec->value = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)spec->value = text;
		return 0;
	case OPTION_MAYBE_TEXT:
		*(const char **)spec->value = text ? text : "";
		return 0;
	default:
		break;
	}
	long number = strtol(text, &end, 10);
	if (!*text || *end || number < 0 || number > MOST) {
		bad_input("--%s takes a whole number up to %d, not '%s'", spec->name, MOST, text);
		return -1;
	}
	*(long *)spec->value = number;
	return 0;
}

int options_parse(int argc, char **argv, const struct option_spec *specs, int *separate)
{
	struct option known[MOST_OPTIONS] = {0};
	int before = argc, index, found;

	for (int i = 0; specs[i].name; i++)
		known[i] = (struct option){specs[i].name, arguments[specs[i].kind], NULL, 0};
	for (int i = argc - 1; i > 0; i--)
		if (strcmp(argv[i], "--") == 0)
			before = i;
	opterr = 0;
	optind = 0;
	while ((found = getopt_long(argc, argv, ":", known, &index)) != -1) {
		if (found == ':')
			return bad_input("'%s' needs a value", argv[optind - 1]), -1;
		if (found == '?')
			return bad_input("unknown option '%s'; './loose %s --help' lists them", argv[optind - 1],
					 argv[0]),
			       -1;
		if (set_value(&specs[index], optarg) != 0)
			return -1;
	}
	int count = argc - optind;
	if (separate)
		*separate = count - (argc - before - (before < argc));
	memmove(argv + 1, argv + optind, (size_t)count * sizeof *argv);
	argv[count + 1] = NULL;
	return count;
}
