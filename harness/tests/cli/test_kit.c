/* Pieces of the kit under the detectors: what the tops of metrics.h, loopback.h and schedule.h say of them. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPOSES "bin/harness/tests/programs/exposes"
#define HEARD "build/heard.json"
#define RELAYS "bin/harness/tests/programs/relays"

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

/* What the detector said of hears.c with that argument. */
static const char *heard(const json_t *results, const char *detector)
{
	size_t i;
	json_t *result;

	json_array_foreach(results, i, result)
		if (strcmp(json_string_value(json_object_get(result, "detector")), detector) == 0)
			return json_string_value(json_object_get(result, "observed"));
	return "nothing";
}

/* Chapter 7 says so too. */
Test(kit, a_message_is_an_edge_to_thread_sanitizer_alone, .timeout = 300)
{
	static const struct {
		const char *message, *tsan, *helgrind, *drd;
	} rows[] = {
		{"same", "silent", "fires", "fires"},
		{"other", "silent", "fires", "fires"},
		{"none", "fires", "fires", "fires"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char command[256];
		/* Its status is 1 where anybody fires. */
		snprintf(command, sizeof command,
			 "build/loose check --json=" HEARD " harness/tests/programs/hears.c -- %s 2>&1; test $? -le 1",
			 rows[i].message);
		free(words_of(command));
		json_t *report = json_load_file(HEARD, 0, NULL), *results = json_object_get(report, "results");
		cr_expect_str_eq(heard(results, "tsan"), rows[i].tsan, "tsan, %s", rows[i].message);
		cr_expect_str_eq(heard(results, "helgrind"), rows[i].helgrind, "helgrind, %s", rows[i].message);
		cr_expect_str_eq(heard(results, "drd"), rows[i].drd, "drd, %s", rows[i].message);
		json_decref(report);
	}
}

/* What schedule.h says: nothing will happen any more, however fast threads come and go. */
Test(kit, threads_that_come_and_go_are_waited_for, .timeout = 300)
{
	static const char *const flavours[] = {"plain", "tsan"};

	for (size_t i = 0; i < sizeof flavours / sizeof *flavours; i++) {
		char command[256];
		snprintf(command, sizeof command,
			 "make -s build/%s/" RELAYS " && for i in 1 2 3; do build/%s/" RELAYS " 2>&1; done",
			 flavours[i], flavours[i]);
		char *words = words_of(command);
		for (const char *line = words; *line; line = strchr(line, '\n') + 1)
			cr_expect(strncmp(line, "2000 joined, 2000 relayed\n", 26) == 0, "%s: %s", flavours[i], words);
		free(words);
	}
}
