/* Observations: the first fault counts, and JSON keeps all of it. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/observation.h"

static struct observation made(void)
{
	struct observation seen = {.status = 1, .tests = 3, .cpu_ms = 12, .wall_ms = 34, .peak_kib = 56};

	seen.last_line = mem_copy("accepted 100, persisted 97");
	seen.failed = mem_copy("loses, races");
	seen.said = mem_copy("loses: 3 of 100 are lost\n");
	findings_add(&seen.findings, "Race");
	return seen;
}

Test(observation, the_first_fault_stays)
{
	struct observation seen = {0};

	observation_fail(&seen, FAULT_PROGRAM, "killed by signal %d", 11);
	observation_fail(&seen, FAULT_DETECTOR, "no report");
	cr_assert_eq(seen.fault, FAULT_PROGRAM);
	cr_assert_str_eq(seen.why, "killed by signal 11");
	observation_release(&seen);
	cr_assert_eq(seen.fault, FAULT_NONE);
	cr_assert_null(seen.why);
}

Test(observation, a_long_reason_is_kept_whole)
{
	struct observation seen = {0};
	char *long_text = mem_zeroed(1, 10001);

	memset(long_text, 'x', 10000);
	observation_fail(&seen, FAULT_PROGRAM, "%s", long_text);
	cr_assert_str_eq(seen.why, long_text);
	free(long_text);
	observation_release(&seen);
}

static void expect_round_trip(const struct observation *seen)
{
	struct observation back;
	json_t *object = observation_to_json(seen);

	cr_assert(observation_from_json(object, &back));
	json_t *again = observation_to_json(&back);
	cr_assert(json_equal(object, again));
	cr_assert_eq(back.fault, seen->fault);
	cr_assert_eq(back.findings.count, seen->findings.count);
	cr_assert_eq(back.peak_kib, seen->peak_kib);
	cr_assert_eq(back.last_line == NULL, seen->last_line == NULL);
	cr_assert_eq(back.said == NULL, seen->said == NULL);
	json_decref(again);
	json_decref(object);
	observation_release(&back);
}

Test(observation, survives_json)
{
	struct observation seen = made(), empty = {0};

	expect_round_trip(&seen);
	observation_fail(&seen, FAULT_DETECTOR, "the detector left no report");
	expect_round_trip(&seen);
	expect_round_trip(&empty);
	observation_release(&seen);
}

Test(observation, json_without_a_needed_member_is_refused)
{
	static const char *const needed[] = {"fault", "findings", "status", "tests", "cpu_ms", "wall_ms", "peak_kib"};
	struct observation seen = made(), back;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		json_t *object = observation_to_json(&seen);
		json_object_del(object, needed[i]);
		cr_assert_not(observation_from_json(object, &back), "without %s", needed[i]);
		json_object_set_new(object, needed[i], json_true());
		cr_assert_not(observation_from_json(object, &back), "%s: true", needed[i]);
		cr_assert_eq(back.findings.count, 0);
		json_decref(object);
	}
	observation_release(&seen);
}

Test(observation, json_that_contradicts_itself_is_refused)
{
	struct observation seen = made(), back;
	json_t *object = observation_to_json(&seen);

	/* A fault has a reason, and only a fault has one. */
	json_object_set_new(object, "why", json_string("because"));
	cr_assert_not(observation_from_json(object, &back));
	json_object_set_new(object, "fault", json_string("program"));
	cr_assert(observation_from_json(object, &back));
	observation_release(&back);
	json_object_del(object, "why");
	cr_assert_not(observation_from_json(object, &back));
	json_object_set_new(object, "fault", json_string("nobody"));
	cr_assert_not(observation_from_json(object, &back));
	json_decref(object);
	cr_assert_not(observation_from_json(NULL, &back));
	observation_release(&seen);
}
