/* What a contract excludes, by what was seen; and the count of threads that it is judged by. */
#include "kit/contract.h"

#include <criterion/criterion.h>
#include <string.h>

#include "kit/check.h"
#include "kit/schedule.h"

static const struct clause vocabulary[] = {
	{"it starts", "nothing starts"}, {"it stops", "it goes on"}, {"it is quick", "it is slow"}, {0}};

static const struct witness right = {.name = "right",
				     .threads = {.started = 2, .joined = 2, .threads = 3, .threads_at_exit = 1}};
static const struct witness wrong = {
	.name = "wrong",
	.harm = "it goes on for ever",
	.broken = {false, true, false},
	.threads = {.started = 2, .joined = 1, .detached = 1, .threads = 3, .threads_at_exit = 2}};

static void problem(struct contract contract, const char *part)
{
	const char *line = contract_problem(&contract, vocabulary);

	cr_expect(part ? line && strstr(line, part) : !line, "%s", line ? line : "(nothing)");
}

Test(contract, what_cannot_be_read)
{
	problem((struct contract){.promises = {NULL}}, "it promises nothing");
	problem((struct contract){.budget = "  "}, "it promises nothing");
	problem((struct contract){.promises = {"it stops."}}, "'it stops.' is none of the header's sentences");
	problem((struct contract){.promises = {"it stops", "it starts", "it stops"}}, "promises 'it stops' twice");
	problem((struct contract){.promises = {"it stops", NULL, "it starts"}},
		"'it starts' stands after an empty place");
	problem((struct contract){.budget = "threads <= 3, pages <= 4"}, "from 'pages <= 4' on");
	problem((struct contract){.budget = "threads <="}, "cannot be read");
	problem((struct contract){.budget = "3 >= threads"}, "cannot be read");
	problem((struct contract){.budget = "threads <= 3,"}, "cannot be read");
	problem((struct contract){.budget = "threads <= 3 joined == started"}, "cannot be read");
	problem((struct contract){.budget = "threadsafe <= 3"}, "cannot be read");
	problem((struct contract){.promises = {"it stops"}}, NULL);
	problem((struct contract){.budget = "threads at exit<=1,joined ==\n started"}, NULL);
}

static void budget(const char *bounds, bool excludes)
{
	const struct contract contract = {.budget = bounds};

	cr_assert_null(contract_problem(&contract, vocabulary), "%s", bounds);
	cr_expect_eq(!contract_misjudges(&contract, vocabulary, &wrong), excludes, "%s", bounds);
}

Test(contract, bounds)
{
	budget("joined == started", true);
	budget("joined >= started", true);
	budget("started <= joined", true);
	budget("started != 2", true);
	budget("detached < 1", true);
	budget("threads at exit <= 1", true);
	budget("threads < 3", true);
	budget("threads > 3", true);
	budget("unjoined > 0", true);
	budget("threads <= 4, joined == started", true);
	budget("joined <= started", false);
	budget("threads <= 3", false);
	budget("threads at exit <= 2", false);
	budget("unjoined <= 0", false);
	/* What must be equal is asked at the end. */
	budget("threads == 2", false);
}

Test(contract, lets_nothing_wrong_pass_and_refuses_nothing_right)
{
	const struct contract weak = {.promises = {"it starts", "it is quick"}, .budget = "threads <= 3"};
	const struct contract good = {.promises = {"it starts", "it stops"}};
	const struct contract much = {.promises = {"it stops"}, .budget = "started <= 1"};
	const struct contract none = {.promises = {"whatever"}, .budget = "pages <= 1"};
	char lines[64] = "";

	cr_assert_str_eq(contract_misjudges(&weak, vocabulary, &wrong),
			 "nothing of yours excludes 'wrong': in it it goes on for ever");
	cr_assert_null(contract_misjudges(&weak, vocabulary, &right));
	cr_assert_null(contract_misjudges(&good, vocabulary, &wrong));
	cr_assert_null(contract_misjudges(&good, vocabulary, &right));
	const char *line = contract_misjudges(&much, vocabulary, &right);
	cr_assert(line && strstr(line, "'right' is right, and you exclude it by 'started <= 1'; in it 2 are started"),
		  "%s", line);
	/* What cannot be read excludes nothing. */
	cr_assert(contract_misjudges(&none, vocabulary, &wrong));
	cr_assert_null(contract_misjudges(&none, vocabulary, &right));
	contract_add(lines, sizeof lines, "one");
	contract_add(lines, sizeof lines, NULL);
	contract_add(lines, sizeof lines, "two");
	cr_assert_str_eq(lines, "one; two");
	contract_add(lines, 10, "three");
	cr_assert_str_eq(lines, "one; two;");
}

/* --- the count -----------------------------------------------------------------------------------------------------*/

enum { MAY_END };

static void *wait_for_word(void *arg)
{
	schedule_await(MAY_END);
	return arg;
}

static void *end_at_once(void *arg)
{
	return arg;
}

Test(counted, tells_who_is_left)
{
	pthread_t waits, detached, joined;
	void *result;

	counted_begin();
	CHECK(counted_create(&waits, NULL, wait_for_word, NULL));
	CHECK(counted_create(&detached, NULL, wait_for_word, NULL));
	CHECK(counted_detach(detached));
	CHECK(counted_create(&joined, NULL, end_at_once, &result));
	CHECK(counted_join(joined, &result));
	cr_expect_eq(result, &result, "the thread's result is not handed on");
	cr_expect_neq(counted_join(detached, NULL), 0, "a detached thread is joined");
	cr_expect_neq(counted_detach(detached), 0, "a thread is detached twice");
	schedule_reached(MAY_END);
	schedule_await_blocked();
	struct counted left = counted_end();
	cr_expect_eq(left.started, 3);
	cr_expect_eq(left.joined, 1);
	cr_expect_eq(left.detached, 1);
	cr_expect_eq(left.unjoined, 1);
	cr_expect_eq(left.threads_at_exit, 1);
	cr_expect(left.threads == 3 || left.threads == 4, "%ld", left.threads);
	/* The next count begins anew. */
	counted_begin();
	left = counted_end();
	cr_expect_eq(left.started, 0);
	cr_expect_eq(left.threads, 1);
}
