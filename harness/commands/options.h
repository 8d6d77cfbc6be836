/*
 * What a command takes. One table for each command, by which its words are parsed and from which its help page, its part
 * of the manual page and its completion in a shell are made: what is not in the table does not exist.
 *
 *	static const struct option_spec options[] = {
 *		{"repeat", OPTION_NUMBER, "N", "run each pair N times", offsetof(struct verify, repeat)},
 *		{0},
 *	};
 *
 * An option with a value takes it as the next word or after a '=', and always takes one.
 */
#ifndef LOOSE_OPTIONS_H
#define LOOSE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
	OPTION_FLAG,	 /* bool */
	OPTION_NUMBER,	 /* long, from 1 to 1000000 */
	OPTION_COUNT,	 /* long, from 0 to 1000000: 0 has a meaning of its own */
	OPTION_TEXT,	 /* const char * */
	OPTION_FILE,	 /* const char *; to write, "-" is standard output */
	OPTION_DETECTOR, /* const struct detector * */
};

struct option_spec {
	const char *name; /* without its dashes; NULL ends the table */
	enum option_kind kind;
	const char *argument; /* what its value is called; NULL for a flag */
	const char *help;     /* what it does, without a full stop; "{detectors}" stands for their names */
	size_t value;	      /* where in the command's struct it goes */
};

enum operand {
	OPERAND_NONE,
	OPERAND_PITFALL,
	OPERAND_PROGRAM, /* of the pitfall before it */
	OPERAND_SOURCE,	 /* of the reader's own program, or a pitfall, whose exercise is meant */
	OPERAND_SHELL,
};

struct command_entry {
	const char *name;
	const char *arguments; /* for the usage line: "PITFALL [PROGRAM]" */
	const char *summary;   /* one line */
	const char *about;     /* paragraphs, with an empty line between them; laid out when they are printed */
	const struct option_spec *options;
	enum operand operands[2]; /* what the first one is, and the others; OPERAND_NONE: there is none */
	int least, most;	  /* operands; most < 0: any number */
	bool passes;		  /* what stands after "--" is not for the command */
	bool compiles; /* words with one dash are for the compiler: operands, each with the value it takes after it */
	int (*run)(const char *root, int argc, char **argv);
};

/* All of them in the order of the help page; NULL-terminated. */
extern const struct command_entry *const commands[];

/* What is left of the command line when the options are out. Both point into argv and end with NULL. */
struct operands {
	char **items;
	int count;
	char **passed; /* what stands after "--"; when the command passes nothing, those are operands like the others */
};

/*
 * Sets the values in the command's struct, and sorts argv. NULL; or one line that says what is wrong, for the caller to
 * free, and then nothing may be used of what was set.
 */
char *options_read(const struct command_entry *command, int argc, char **argv, void *values, struct operands *operands);

/* The same, with the line on stderr. 0, or STATUS_BAD_INPUT. */
int options_parse(const struct command_entry *command, int argc, char **argv, void *values, struct operands *operands);

#endif
