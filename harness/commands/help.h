/* What the tables of commands say, laid out: help pages, and the manual page. */
#ifndef LOOSE_HELP_H
#define LOOSE_HELP_H

#include <stdio.h>

#include "options.h"

/* The page of all commands, and that of one. Lines of 80 columns. */
void help_all(FILE *out);
void help_command(FILE *out, const struct command_entry *command);
/* The manual page, for man(1): all that the help pages say. */
void help_manual(FILE *out, const char *version);
/* The option's help with the detectors' names put in, for the caller to free. */
char *help_of_option(const struct option_spec *option);

#endif
