/* `verify --mutants`: whether the judges of the exercises refuse what is wrong in one small place. */
#ifndef LOOSE_COMMANDS_MUTANTS_H
#define LOOSE_COMMANDS_MUTANTS_H

#include "command.h"

struct mutants_request {
	struct workbook *workbook;
	/* Whether this right program is to be changed. */
	bool (*wanted)(const void *context, const struct program *program);
	const void *context;
	const struct judging_options *options;
	struct output *json; /* open when `json_path` is not NULL; closed or discarded by the callee */
	const char *json_path;
};

/* The exit status: 1 when a mutant has survived, 2 when a list of equivalent ones is wrong. */
int verify_mutants(const struct mutants_request *request);

#endif
