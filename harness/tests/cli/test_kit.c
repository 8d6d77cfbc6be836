/* The kit's registry of gauges under the detectors: see the top of chapters/kit/metrics.c. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPOSES "bin/harness/tests/programs/exposes"

/* What the command says, both on its output and its error; the caller frees it. */
static char *words_of(const char *command)
{
	char *text = NULL, buffer[4096];
	size_t size, got;
	FILE *from = popen(command, "r"), *out = open_memstream(&text, &size);

	cr_assert(from && out);
	while ((got = fread(buffer, 1, sizeof buffer, from)) > 0)
		fwrite(buffer, 1, got, out);
	fclose(out);
	cr_assert_eq(pclose(from), 0, "%s: %s", command, text);
	return text;
}

/* libmicrohttpd and libp11-kit are reported by Helgrind and DRD; the registry is not. */
Test(kit, metrics_are_no_race_to_any_detector, .timeout = 300)
{
	static const char *const commands[] = {
		"make -s build/tsan/" EXPOSES " && build/tsan/" EXPOSES " 2>&1",
		"valgrind --tool=memcheck --error-exitcode=9 build/plain/" EXPOSES " 2>&1",
		"valgrind --tool=helgrind build/plain/" EXPOSES " 2>&1",
		"valgrind --tool=drd build/plain/" EXPOSES " 2>&1",
	};
	static const char *const ours[] = {"WARNING: ThreadSanitizer", "slot_of", "metrics_gauge_add",
					   "metrics_gauge_set", "metrics_text"};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		char *words = words_of(commands[i]);
		cr_expect(strstr(words, "accepted_total 8000\n"), "%s", words);
		for (size_t j = 0; j < sizeof ours / sizeof *ours; j++)
			cr_expect_null(strstr(words, ours[j]), "%s says '%s': %s", commands[i], ours[j], words);
		free(words);
	}
}
