/* What the budget's monitor measured, as a reader is shown it. */
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "tests/unit/made_results.h"

static const struct style plain = {.width = 80};

/* What report_result() prints of a budget that measured this, for the caller to free. */
static char *printed(const char *name, enum role role, const char *json)
{
	struct made_results made = {0};
	struct program *program = made_program(&made, "02-x/y", name, role, "x.c");
	struct result *result = made_result(&made, program, "budget", WORD_SILENT, OBSERVED_SILENT, NULL);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	result->seen.measured = json_loads(json, 0, NULL);
	cr_assert_not_null(result->seen.measured);
	report_result(out, plain, "/", result);
	fclose(out);
	made_release(&made);
	return text;
}

Test(figures, are_these)
{
	static const char json[] =
		"{\"threads_started\": 37, \"threads_peak\": 12, \"threads_at_exit\": 3, \"threads_joined\": 34,"
		" \"threads_detached\": 1, \"threads_unjoined_at_exit\": 0, \"memory_start\": 1048576,"
		" \"memory_peak\": 1073741824, \"memory_at_exit\": 1572864, \"descriptors_start\": 3, \"descriptors_peak\": 9,"
		" \"descriptors_at_exit\": 4, \"cpu_us\": 2710, \"wall_us\": 12345678, \"cpu_percent\": 0, \"stop_us\": 430,"
		" \"in_flight_peak\": 10, \"in_flight_at_exit\": 0, \"rejected_by_the_front_desk_peak\": 123456,"
		" \"rejected_by_the_front_desk_at_exit\": 123456,"
		" \"series\": {\"width_us\": 9, \"threads\": [1], \"memory\": [1], \"unpublished\": [0], \"in_flight\": [0],"
		" \"rejected_by_the_front_desk\": [0]},"
		" \"bounds\": [{\"bound\": \"threads <= in_flight + 10\", \"holds\": true, \"value\": 12},"
		" {\"bound\": \"memory <= start + 16 MiB\", \"holds\": false, \"value\": 1073741824, \"limit\": 17825792},"
		" {\"bound\": \"in_flight >= 0\", \"holds\": true},"
		" {\"bound\": \"stops within 1 s of SIGTERM\", \"holds\": true, \"value\": 430, \"limit\": 1000000}]}";
	char *text = printed("fixed", ROLE_FIXED, json);

	cr_expect_str_eq(text,
			 "budget: silent, as declared\n"
			 "\n"
			 "Measured                          start       peak    at exit\n"
			 "  threads                                       12          3\n"
			 "  threads started                                          37\n"
			 "  threads joined                                           34\n"
			 "  threads detached                                          1\n"
			 "  ended, not joined                                         0\n"
			 "  memory                        1.0 MiB    1.0 GiB    1.5 MiB\n"
			 "  descriptors                         3          9          4\n"
			 "  in_flight                                     10          0\n"
			 "  rejected_by_the_front_desk                123456     123456\n"
			 "  run time                      12.3 s\n"
			 "  CPU time                      2.7 ms, 0 % of the run time\n"
			 "  stopped                       0.43 ms after it was asked to\n"
			 "\n"
			 "  holds   threads <= in_flight + 10    12 at most\n"
			 "  broken  memory <= start + 16 MiB     1.0 GiB against 17.0 MiB\n"
			 "  holds   in_flight >= 0\n"
			 "  holds   stops within 1 s of SIGTERM  0 ms against 1000 ms\n"
			 "\n",
			 "%s", text);
	free(text);
}

Test(figures, of_tests_are_those_of_one)
{
	static const char json[] =
		"{\"threads_peak\": 2, \"threads_at_exit\": 1, \"wall_us\": 45000, \"stop_us\": null}";
	char *text = printed("solution", ROLE_SOLUTION, json);

	cr_expect_str_eq(text,
			 "budget: silent, as declared\n"
			 "\n"
			 "Test with most threads      start       peak    at exit\n"
			 "  threads                                  2          1\n"
			 "  run time                45 ms\n"
			 "\n",
			 "%s", text);
	free(text);
}

/* The passages of the book quote findings; a figure differs from run to run. */
Test(figures, are_not_in_the_words)
{
	struct made_results made = {0};
	struct program *program = made_program(&made, "02-x/y", "fixed", ROLE_FIXED, "x.c");
	struct result *result = made_result(&made, program, "budget", WORD_SILENT, OBSERVED_SILENT, NULL);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	result->seen.measured = json_pack("{s:i}", "threads_peak", 2);
	report_words(out, result);
	report_disagreements(out, plain, "/", &made.results);
	fclose(out);
	cr_expect_str_eq(text, "(silent)\n");
	free(text);
	made_release(&made);
}
