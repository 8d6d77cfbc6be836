#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "detectors/detector.h"
#include "report/report.h"
#include "toolchain.h"

struct request {
	const struct program *program;
	const struct detector *only;
};

static void plan(struct tasks *tasks, const struct request *request)
{
	const struct detector *test = detector_named("test");

	if (program_has_test(request->program) && (!request->only || request->only == test))
		tasks_add(tasks, request->program, test);
	for (size_t i = 0; detectors[i]; i++)
		if (!request->only || request->only == detectors[i])
			tasks_add(tasks, request->program, detectors[i]);
}

static int judge(struct session *session, const struct request *request)
{
	const struct engine_options options = {.repeat = 1, .fresh = true};
	struct toolchain toolchain;
	struct tasks tasks = {0};
	struct results results = {0};
	char *error = NULL;
	int status;

	plan(&tasks, request);
	toolchain_find(&toolchain);
	if (engine_judge(session, &toolchain, &tasks, &options, &results, &error) != 0) {
		status = cannot_judge("%s", error);
		free(error);
	} else if (session->interrupted) {
		status = 128 + session->interrupted;
	} else {
		for (size_t i = 0; i < results.count; i++)
			report_result(stdout, style_of(stdout), session->root, &results.items[i]);
		status = status_of(&results);
	}
	results_release(&results);
	tasks_release(&tasks);
	toolchain_release(&toolchain);
	return status;
}

static int find(struct request *request, const struct catalogue *catalogue, char **operands, int count, const char *detector)
{
	const char *pitfall = find_pitfall(catalogue, operands[0]), *name = count > 1 ? operands[1] : "broken";

	if (!pitfall)
		return STATUS_BAD_INPUT;
	request->program = catalogue_program(catalogue, pitfall, name);
	if (!request->program)
		return bad_input("%s has no program '%s'; try broken, fixed, starter or solution", pitfall, name);
	if (detector && !(request->only = find_detector(detector)))
		return STATUS_BAD_INPUT;
	if (request->only == detector_named("test") && !program_has_test(request->program))
		return bad_input("%s has no test; name another detector", request->program->path);
	return 0;
}

static int run(const char *root, int argc, char **argv)
{
	const char *detector = NULL;
	const struct option_spec specs[] = {{"detector", OPTION_TEXT, &detector}, {NULL, OPTION_FLAG, NULL}};
	struct catalogue catalogue;
	struct request request = {0};
	struct session session;
	int count = options_parse(argc, argv, specs, NULL);

	if (count < 0)
		return STATUS_BAD_INPUT;
	if (count < 1 || count > 2)
		return bad_input("run takes a PITFALL and, if you like, broken or fixed; './loose list' names the pitfalls");
	catalogue_load(&catalogue, root);
	int status = find(&request, &catalogue, argv + 1, count, detector);
	if (status == 0) {
		session_start(&session, root);
		status = judge(&session, &request);
		session_release(&session);
	}
	catalogue_release(&catalogue);
	return status;
}

const struct command_entry command_run = {
	"run",
	"PITFALL [PROGRAM]",
	"run one program and have the findings explained",
	"Runs PROGRAM (default: broken; fixed, starter, solution, wrong/NAME and so on)\n"
	"once under each detector, and shows every finding in the source.\n"
	"\n"
	"  --detector D   only test, tsan, helgrind, drd, memcheck or budget\n",
	run,
};
