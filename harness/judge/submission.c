#include "submission.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "verdict/detector.h"

/* Of a kit for students; NULL: there is no such file. */
static char *bounds_beside(const struct catalogue *catalogue, const char *pitfall)
{
	char *path = mem_format("%s/exercises/%s/budget", catalogue->root, pitfall), *text = file_read(path);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	free(path);
	return text;
}

char *submission_bounds(const struct catalogue *catalogue, const char *pitfall)
{
	const struct program *solution = catalogue_program(catalogue, pitfall, "solution");
	const char *bounds = NULL;

	for (size_t i = 0; solution && i < solution->declaration.count; i++)
		if (solution->declaration.items[i].bounds)
			bounds = solution->declaration.items[i].bounds;
	char *beside = solution ? NULL : bounds_beside(catalogue, pitfall);
	return beside ? beside : mem_copy(bounds ? bounds : "threads at exit <= 1");
}

void submission_declare(const struct catalogue *catalogue, const char *pitfall, struct declaration *declaration)
{
	char *bounds = submission_bounds(catalogue, pitfall);

	declaration_right(declaration, bounds);
	free(bounds);
}

static void add_detectors(struct submission *submission, bool heavy)
{
	for (size_t i = 0; detectors[i]; i++)
		if (detectors[i]->heavy == heavy)
			tasks_add(&submission->tasks, &submission->program, detectors[i]);
}

void submission_init(struct submission *submission, const struct catalogue *catalogue, const char *pitfall, char *path)
{
	*submission = (struct submission){.program = {.pitfall = (char *)pitfall,
						      .name = "starter",
						      .path = path,
						      .source = "",
						      .role = ROLE_STARTER,
						      .submission = true,
						      .declared = true}};
	submission_declare(catalogue, pitfall, &submission->program.declaration);
	add_detectors(submission, false);
	tasks_add(&submission->tasks, &submission->program, detector_of_tests());
	add_detectors(submission, true);
}

void submission_release(struct submission *submission)
{
	declaration_release(&submission->program.declaration);
	tasks_release(&submission->tasks);
}
