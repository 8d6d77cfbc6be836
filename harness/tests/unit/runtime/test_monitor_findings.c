/* From what the monitor reports to the findings, which name a place of the program. */
#define _GNU_SOURCE /* syscall() */
#include "monitored.h"

/* A time limit is for what hangs: no machine is so slow, nor so busy. */
TestSuite(monitor_findings, .init = enter_directory, .fini = leave_directory, .timeout = 600);

static size_t code_at(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	return symbolizer_code(context, pc, places, room);
}

/* The findings of the last run. */
static struct findings find(const struct budget *budget)
{
	char *sources = mem_format("%s/harness/tests/programs", root), *own = realpath(sources, NULL);
	struct run description = {.root = root, .directory = directory, .own = (char *const[]){own, NULL}};
	struct symbolizer *addresses = symbolizer_open(ran.image->maps);
	struct budget_resolver resolver = {.code = code_at, .context = addresses, .run = &description};
	struct findings findings = {0};
	bool known[BUDGET_BOUNDS] = {false};

	budget_findings_add(ran.image, budget, &resolver, known, &findings);
	symbolizer_close(addresses);
	free(sources);
	free(own);
	return findings;
}

static void expect_finding(const char *program, const char *argument, const char *bounds, const char *function,
			   bool placed)
{
	struct budget budget = {0};
	char *error;

	cr_assert(budget_parse(&budget, bounds, &error), "%s", error);
	char *watched = budget_for_monitor(&budget);
	run(program, argument, watched);
	struct findings findings = find(&budget);
	cr_assert_eq(findings.count, 1, "%s: '%s' gave %zu findings", program, bounds, findings.count);
	cr_expect_str_eq(findings.items[0].kind, budget.bounds[0].kind);
	cr_assert_str_eq(findings.items[0].function, function, "'%s' is in %s", bounds, findings.items[0].function);
	if (placed) {
		cr_expect(strstr(findings.items[0].file, "harness/tests/programs/"));
		cr_expect_gt(findings.items[0].line, 0);
	}
	findings_release(&findings);
	budget_release(&budget);
	free(watched);
}

Test(monitor_findings, names_the_place)
{
	expect_finding("counts_37_12", NULL, "threads at exit <= 1", "stay", true);
	expect_finding("counts_37_12", NULL, "threads <= 10", "stay", true);
	expect_finding("counts_37_12", NULL, "started < 37", "leave_at_once", true);
	expect_finding("leaves_main", NULL, "unjoined at exit <= 0", "join_the_rest", true);
	expect_finding("c11_threads", NULL, "threads at exit <= 1", "stay", true);
	expect_finding("c11_threads", NULL, "joined == started", "stay", true);
	expect_finding("thousands", NULL, "detached <= 999", "idle", true);
	expect_finding("detaches", NULL, "detached at exit <= 1", "wait_and_leave", true);
	expect_finding("starts_in_library", NULL, "threads at exit <= 1", "stay", true);
	expect_finding("starts_in_threads", NULL, "threads <= 7", "branch", true);
	expect_finding("publishes", NULL, "queue_depth <= 1000", "fill_queue", true);
	expect_finding("publishes", NULL, "accepted == balance", "main", false);
	expect_finding("opens", NULL, "descriptors at exit <= start + 4", "main", false);
	expect_finding("holds_memory", NULL, "memory <= start + 32 MiB", "main", false);
	expect_finding("stops", "handler", "stops within 0 us of SIGTERM", "main", false);
}
