/* Findings: placing, merging, keeping as JSON. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/finding.h"

static void add(struct findings *all, const char *kind, const char *function, const char *file, int line)
{
	struct finding *finding = findings_add(all, kind);
	struct stack *stack = finding_add_stack(finding, "Write of size 4 by thread worker");

	stack_add_frame(stack, "memcpy", NULL, 0, false);
	stack_add_frame(stack, "queue_put", "/w/kit/queue.c", 8, false);
	stack_add_frame(stack, function, file, line, true);
	stack_add_frame(stack, "main", file, 99, true);
	finding_place(finding);
}

Test(finding, is_placed_at_the_innermost_own_frame)
{
	struct findings all = {0};

	add(&all, "Race", "evict", "/w/x.c", 7);
	cr_assert_str_eq(all.items[0].function, "evict");
	cr_assert_str_eq(all.items[0].file, "/w/x.c");
	cr_assert_eq(all.items[0].line, 7);
	findings_release(&all);
	cr_assert_eq(all.count, 0);
	cr_assert_null(all.items);
}

Test(finding, is_placed_by_the_first_stack_that_has_an_own_frame)
{
	struct findings all = {0};
	struct finding *finding = findings_add(&all, "Race");

	stack_add_frame(finding_add_stack(finding, "Read"), "strlen", NULL, 0, false);
	finding_add_stack(finding, "a sentence without a stack");
	stack_add_frame(finding_add_stack(finding, "Write"), "worker", NULL, 0, true);
	finding_place(finding);
	cr_assert_str_eq(finding->function, "worker");
	cr_assert_null(finding->file);
	/* Placing again does not leak. */
	finding_place(finding);
	findings_release(&all);
}

Test(finding, without_an_own_frame_is_nowhere)
{
	struct findings all = {0};
	struct finding *finding = findings_add(&all, "Race");

	finding_place(finding);
	cr_assert_str_eq(finding->function, "?");
	stack_add_frame(finding_add_stack(finding, "Read"), "strlen", "/usr/strlen.c", 3, false);
	finding_place(finding);
	cr_assert_str_eq(finding->function, "?");
	cr_assert_null(finding->file);
	cr_assert_eq(finding->line, 0);
	findings_release(&all);
}

Test(finding, merge_keeps_the_first_of_each_place)
{
	struct findings all = {0};

	findings_merge(&all);
	add(&all, "Race", "evict", "/w/x.c", 7);
	add(&all, "Race", "evict", "/w/x.c", 8);
	add(&all, "Race", "evict", "/w/x.c", 7);
	add(&all, "LockOrder", "evict", "/w/x.c", 7);
	add(&all, "Race", "evict", "/w/y.c", 7);
	add(&all, "Race", "evict", NULL, 7);
	add(&all, "Race", "sweep", "/w/x.c", 7);
	add(&all, "Race", "evict", NULL, 7);
	findings_merge(&all);
	cr_assert_eq(all.count, 6);
	cr_assert_eq(all.items[1].line, 8);
	cr_assert_str_eq(all.items[2].kind, "LockOrder");
	cr_assert_str_eq(all.items[5].function, "sweep");
	findings_release(&all);
}

Test(finding, survives_json)
{
	struct findings all = {0}, back;

	add(&all, "Race", "evict", "/w/\xc3\xbc \"x\".c", 7);
	add(&all, "LockOrder", "?", NULL, 0);
	findings_add(&all, "Misc");
	json_t *array = findings_to_json(&all);
	cr_assert(findings_from_json(array, &back));
	cr_assert_eq(back.count, 3);
	cr_assert_eq(back.items[0].stacks[0].count, 4);
	cr_assert(back.items[0].stacks[0].frames[2].own);
	cr_assert_null(back.items[0].stacks[0].frames[0].file);
	json_t *again = findings_to_json(&back);
	cr_assert(json_equal(array, again));
	json_decref(again);
	json_decref(array);
	findings_release(&all);
	findings_release(&back);
}

Test(finding, text_that_is_not_utf8_is_kept_in_part)
{
	struct findings all = {0}, back;

	add(&all, "Race", "na\xefve", "/w/\xff.c", 7);
	json_t *array = findings_to_json(&all);
	cr_assert(findings_from_json(array, &back));
	cr_assert_str_eq(back.items[0].function, "na?ve");
	json_decref(array);
	findings_release(&all);
	findings_release(&back);
}

Test(finding, json_that_is_not_ours_is_refused)
{
	static const char *const bad[] = {
		"{}",
		"[1]",
		"[{}]",
		"[[]]",
		"null",
		"[{\"kind\":\"Race\",\"function\":\"f\",\"line\":1,\"words\":\"\"}]",
		"[{\"kind\":\"Race\",\"function\":\"f\",\"line\":\"1\",\"words\":\"\",\"stacks\":[]}]",
		"[{\"kind\":\"Race\",\"function\":\"f\",\"line\":-1,\"words\":\"\",\"stacks\":[]}]",
		"[{\"kind\":\"Race\",\"function\":\"f\",\"line\":99999999999,\"words\":\"\",\"stacks\":[]}]",
		"[{\"kind\":1,\"function\":\"f\",\"line\":1,\"words\":\"\",\"stacks\":[]}]",
		"[{\"kind\":\"Race\",\"function\":null,\"line\":1,\"words\":\"\",\"stacks\":[]}]",
		"[{\"kind\":\"Race\",\"function\":\"f\",\"line\":1,\"words\":\"\",\"stacks\":{}}]",
		"[{\"kind\":\"Race\",\"function\":\"f\",\"line\":1,\"words\":\"\",\"stacks\":[{\"role\":\"r\"}]}]",
		("[{\"kind\":\"Race\",\"function\":\"f\",\"line\":1,\"words\":\"\",\"stacks\":"
		 "[{\"role\":\"r\",\"frames\":[{\"function\":\"f\",\"line\":1}]}]}]"),
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct findings back;
		json_t *value = json_loads(bad[i], JSON_DECODE_ANY, NULL);
		cr_assert(value, "%s", bad[i]);
		cr_assert_not(findings_from_json(value, &back), "%s", bad[i]);
		cr_assert_eq(back.count, 0);
		json_decref(value);
	}
	struct findings back;
	cr_assert_not(findings_from_json(NULL, &back));
}
