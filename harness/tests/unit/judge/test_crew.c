/* The judging that began first gets the room of a crew, and what was given back is offered to all. */
#include <criterion/criterion.h>

#include "judge/crew.h"

struct judge {
	struct crew *crew;
	struct crew_member member;
	int wants, has, calls;
};

static struct loop loop;
static struct crew crew;

static void start(void)
{
	cr_assert_eq(loop_start(&loop, "/"), 0);
}

static void release(void)
{
	crew_release(&crew);
	loop_release(&loop);
}

TestSuite(crew, .init = start, .fini = release, .timeout = 60);

static void take(void *context)
{
	struct judge *judge = context;

	judge->calls++;
	while (judge->has < judge->wants && crew_take_run(judge->crew, COMPUTING))
		judge->has++;
}

static void join(struct judge *judge, int wants)
{
	*judge = (struct judge){.crew = &crew, .wants = wants};
	judge->member = (struct crew_member){.room = take, .context = judge};
	crew_join(&crew, &judge->member);
}

static void give(struct judge *judge)
{
	judge->has--;
	judge->wants--;
	crew_give_run(&crew, COMPUTING);
	crew_offer(&crew);
}

static void leave(struct judge *judge)
{
	while (judge->has)
		give(judge);
	crew_leave(&crew, &judge->member);
}

Test(crew, several_judgings_share_one_number_of_runs)
{
	struct judge first, second;

	crew_init(&crew, &loop, 3, 1);
	join(&first, 2);
	join(&second, 9);
	crew_offer(&crew);
	cr_assert_eq(first.has, 2);
	cr_assert_eq(second.has, 1);
	cr_assert_not(crew_take_run(&crew, WAITING), "the number of jobs is of all lanes together");
	leave(&first);
	cr_assert_eq(second.has, 3, "what the first has given back the second is offered");
	leave(&second);
}

Test(crew, the_judging_that_began_first_gets_the_room)
{
	struct judge first, second;

	crew_init(&crew, &loop, 2, 1);
	join(&first, 2);
	join(&second, 2);
	crew_offer(&crew);
	first.wants = 4;
	give(&first);
	cr_assert_eq(first.has, 2);
	cr_assert_eq(second.has, 0);
	leave(&first);
	cr_assert_eq(second.has, 2);
	leave(&second);
}

Test(crew, waiting_runs_take_no_room_of_those_that_compute)
{
	crew_init(&crew, &loop, 0, 1);
	while (crew_take_run(&crew, WAITING))
		;
	cr_assert(crew_take_run(&crew, COMPUTING));
	cr_assert_eq(crew.running[WAITING], crew.most[WAITING]);
}

Test(crew, builds_have_a_number_of_their_own)
{
	crew_init(&crew, &loop, 1, 2);
	cr_assert(crew_take_build(&crew));
	cr_assert(crew_take_build(&crew));
	cr_assert_not(crew_take_build(&crew));
	crew_give_build(&crew);
	cr_assert(crew_take_build(&crew));
	cr_assert(crew_take_run(&crew, COMPUTING));
}

/* What the timer does, which asks the processors. */
Test(crew, an_idle_processor_takes_one_run_more)
{
	struct judge judge;

	crew_init(&crew, &loop, 0, 1);
	join(&judge, 1000);
	crew_offer(&crew);
	cr_assert_eq(judge.has, crew.most[COMPUTING]);
	crew.spare = 2;
	crew_offer(&crew);
	cr_assert_eq(judge.has, crew.most[COMPUTING] + 2);
	cr_assert_eq(crew.spare, 0);
	crew.spare = 1000;
	crew_offer(&crew);
	cr_assert_eq(judge.has, crew.ever[COMPUTING], "nor does an idle machine take as many as there are");
	leave(&judge);
}

/* Nothing but the looks of the crew may have called it. */
Test(crew, looks_at_the_processors_while_there_is_somebody_to_ask)
{
	struct judge judge;
	const bool never = false;

	crew_init(&crew, &loop, 0, 1);
	join(&judge, 0);
	cr_assert(uv_is_active((uv_handle_t *)crew.looks));
	cr_assert_not(loop_until(&loop, &never), "it keeps no loop from its end");
	leave(&judge);
	cr_assert_not(uv_is_active((uv_handle_t *)crew.looks));
}

Test(crew, with_a_number_of_jobs_nothing_is_spare)
{
	struct judge judge;

	crew_init(&crew, &loop, 2, 1);
	join(&judge, 9);
	cr_assert_null(crew.looks);
	crew.spare = 5;
	crew_offer(&crew);
	cr_assert_eq(judge.has, 2);
	leave(&judge);
}
