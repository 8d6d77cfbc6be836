#include "start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command.h"
#include "exercise.h"

/* The one thing: for the caller to free. */
static char *what_next(const struct desk *desk, const char *position)
{
	const struct catalogue *catalogue = &desk->catalogue;
	bool here = position && pitfall_index(catalogue, position) < catalogue->pitfall_count;

	if (catalogue->pitfall_count == 0)
		return mem_copy("./loose list");
	if (!here) {
		const char *first = catalogue->pitfalls[0];
		bool predicted = reader_standing(&desk->reader, first).predictions > 0;
		return predicted ? mem_copy("./loose next") : mem_format("./loose predict %s", short_name(first));
	}
	struct standing standing = reader_standing(&desk->reader, position);
	if (standing.passed)
		return mem_copy("./loose next");
	if (standing.predictions == 0 && standing.attempts == 0 && !pitfall_is_alone(catalogue->root, position))
		return mem_format("./loose predict %s", short_name(position));
	return mem_copy("./loose watch");
}

static void tell_where(const struct desk *desk, const char *position)
{
	const struct catalogue *catalogue = &desk->catalogue;
	size_t passed = 0, predicted = 0, predictable = 0;

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		struct standing standing = reader_standing(&desk->reader, catalogue->pitfalls[i]);
		passed += standing.passed_at != 0;
		predicted += standing.predictions > 0;
		predictable += !pitfall_is_alone(catalogue->root, catalogue->pitfalls[i]);
	}
	if (!passed && !predicted && !position) {
		printf("You have not begun yet.\n");
		return;
	}
	printf("You have predicted %zu of %zu and passed %zu of %zu.\n", predicted, predictable, passed,
	       catalogue->pitfall_count);
	const struct program *starter = position ? catalogue_program(catalogue, position, "starter") : NULL;
	if (starter) {
		struct standing standing = reader_standing(&desk->reader, position);
		char *path = copy_path(starter);
		printf("In hand: %s, %s\n  %u %s%s, hints taken: %d\n", position, path, standing.attempts,
		       standing.attempts == 1 ? "attempt" : "attempts", standing.passed ? ", passed" : "",
		       standing.hints);
		free(path);
	}
}

int start_page(const char *root)
{
	struct desk desk;

	desk_open(&desk, root);
	const char *position = reader_position(&desk.reader);
	char *next = what_next(&desk, position);

	report_prose(
		stdout, style_of(stdout), 0,
		"Loose Threads: a workbook of concurrency pitfalls in C. You read a broken program, say which detectors will "
		"see the fault, and run them; then you fix another program with the same gap.");
	fputc('\n', stdout);
	tell_where(&desk, position);
	printf("\nType next:\n\n  %s\n\n./loose list names all; ./loose --help all commands.\n", next);
	free(next);
	desk_close(&desk);
	return STATUS_AGREES;
}
