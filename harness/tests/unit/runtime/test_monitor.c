/*
 * The monitor as the harness uses it: preloaded into small programs whose
 * figures are known beforehand. Needs build/monitor.so and the programs of
 * harness/tests/programs in the plain flavour.
 */
#define _GNU_SOURCE /* syscall() */
#include "monitored.h"

/* A time limit is for what hangs: no machine is so slow, nor so busy. */
TestSuite(monitor, .init = enter_directory, .fini = leave_directory, .timeout = 600);

struct counts {
	long long started, joined, detached, peak, at_exit, unjoined; /* peak 0: depends on the schedule */
};

static void expect(const char *name, const struct budget_image *image, struct counts counts)
{
	const struct figure *threads = figure_in(image, "threads");

	cr_expect_eq(figure_in(image, "started")->at_exit, counts.started, "%s: started %lld", name,
		     figure_in(image, "started")->at_exit);
	cr_expect_eq(figure_in(image, "joined")->at_exit, counts.joined, "%s: joined %lld", name,
		     figure_in(image, "joined")->at_exit);
	cr_expect_eq(figure_in(image, "detached")->at_exit, counts.detached, "%s: detached %lld", name,
		     figure_in(image, "detached")->at_exit);
	cr_expect_eq(figure_in(image, "unjoined")->at_exit, counts.unjoined, "%s: unjoined %lld", name,
		     figure_in(image, "unjoined")->at_exit);
	cr_expect_eq(threads->at_exit, counts.at_exit, "%s: at exit %lld", name, threads->at_exit);
	if (counts.peak)
		cr_expect_eq(threads->peak, counts.peak, "%s: peak %lld", name, threads->peak);
}

Test(monitor, counts_threads)
{
	static const struct {
		const char *name, *argument, *how;
		struct counts counts;
	} programs[] = {
		{"counts_37_12", NULL, "exit", {37, 25, 0, 0, 13, 0}},
		{"leaves_main", NULL, "exit", {3, 2, 0, 0, 0, 1}},
		{"ends_early", "_exit", "_exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "_Exit", "_exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "quick_exit", "quick_exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "exit", "exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "thread", "exit", {5, 0, 0, 6, 6, 0}},
		{"starts_early", NULL, "exit", {3, 1, 0, 4, 3, 0}},
		{"starts_in_library", NULL, "exit", {3, 2, 0, 2, 2, 0}},
		{"starts_in_threads", NULL, "exit", {7, 7, 0, 8, 1, 0}},
		{"own_stacks", NULL, "exit", {3, 3, 0, 0, 1, 0}},
		{"c11_threads", NULL, "exit", {5, 3, 1, 0, 3, 0}},
		{"cancels", NULL, "exit", {6, 6, 0, 7, 1, 0}},
		{"thousands", NULL, "exit", {5000, 4000, 1000, 2, 1, 0}},
		{"detaches", NULL, "exit", {4, 0, 4, 0, 1, 0}},
		{"closes_all", NULL, "exit", {2, 2, 0, 2, 1, 0}},
		{"joins_at_exit", NULL, "exit", {2, 0, 0, 3, 3, 0}},
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		run(programs[i].name, programs[i].argument, NULL);
		cr_expect_str_eq(ran.image->how, programs[i].how, "%s: %s", programs[i].name, ran.image->how);
		expect(programs[i].name, ran.image, programs[i].counts);
		cr_expect_eq(ran.count, 1);
	}
}

/* The runtime has a thread of its own, and stands in for pthread_create() and pthread_join() as the monitor does. */
Test(monitor, counts_threads_of_a_program_built_for_tsan)
{
	char *program = mem_format("%s/" TSAN_PROGRAMS "/counts_37_12", root);
	/* Older runtimes need the addresses where they have always been; the harness sees to that too. */
	char *argv[] = {"setarch", "-R", program, NULL};

	run_command(argv, program, NULL, true);
	cr_assert_eq(ran.status, 0, "%s", ran.output);
	cr_assert(ran.image);
	expect("counts_37_12", ran.image, (struct counts){37, 25, 0, 0, 13, 0});
	free(program);
}

Test(monitor, begins_again_after_exec)
{
	run("execs", NULL, NULL);
	cr_assert_eq(ran.reports[0].count, 2);
	expect("first image", &ran.reports[0].images[0], (struct counts){4, 0, 0, 5, 5, 0});
	cr_expect_str_eq(ran.reports[0].images[0].how, "exec");
	expect("second image", &ran.reports[0].images[1], (struct counts){2, 2, 0, 2, 1, 0});
}

Test(monitor, counts_each_process_for_itself)
{
	run("forks", NULL, NULL);
	cr_assert_eq(ran.count, 3);
	expect("parent", ran.image, (struct counts){3, 1, 0, 4, 3, 0});
	const struct budget_image *one = &child(0)->images[0], *other = &child(1)->images[0];
	if (strcmp(one->how, "exec") == 0) {
		const struct budget_image *swapped = one;
		one = other;
		other = swapped;
	}
	cr_expect(one->forked);
	expect("child", one, (struct counts){7, 7, 0, 0, 0, 0});
	cr_expect_eq(figure_in(one, "in_child")->at_exit, 7);
	cr_expect_null(figures_find(&one->figures, "in_parent"));
	cr_expect_str_eq(other->how, "exec");
	expect("child that becomes another program", other, (struct counts){0, 0, 0, 1, 1, 0});
}

Test(monitor, lives_through_the_handlers_of_fork)
{
	run("own_atfork", NULL, NULL);
	cr_assert_eq(ran.count, 11);
	expect("parent", ran.image, (struct counts){4, 4, 0, 5, 1, 0});
	for (size_t i = 0; i < 10; i++) {
		expect("child", &child(i)->images[0], (struct counts){6, 6, 0, 0, 1, 0});
		cr_expect_eq(figure_in(&child(i)->images[0], "idle")->peak, 6);
	}
}

Test(monitor, loses_no_change_of_a_gauge)
{
	run("publishes", NULL, "3 queue_depth <= 1000;4 in_flight <= 63;5 accepted <= 64000");
	cr_expect_eq(figure_in(ran.image, "threads")->peak, 65);
	cr_expect_eq(figure_in(ran.image, "in_flight")->peak, 64);
	cr_expect_eq(figure_in(ran.image, "in_flight")->at_exit, 0);
	cr_expect_eq(figure_in(ran.image, "accepted")->at_exit, 64000);
	cr_expect_eq(figure_in(ran.image, "balance")->at_exit, 0);
	cr_expect_eq(figure_in(ran.image, "queue_depth")->peak, 1001);
	cr_expect_eq(figure_in(ran.image, "queue_depth")->at_exit, 3);
	cr_assert_eq(ran.image->broken_count, 2);
	cr_expect_eq(ran.image->broken[0].bound, 3);
	cr_expect_eq(ran.image->broken[0].value, 1001);
	cr_expect_eq(ran.image->broken[0].limit, 1000);
	cr_expect_eq(ran.image->broken[1].bound, 4);
	cr_expect_eq(ran.image->broken[1].value, 64);
}

Test(monitor, publishes_from_signal_handlers)
{
	run("publishes_in_handler", NULL, NULL);
	cr_expect_eq(figure_in(ran.image, "handled")->at_exit, 2000);
}

/* One gauge_add() feeds both. The kernel counts the monitor's own thread, too: the sampler. */
Test(monitor, sees_the_gauges_that_a_program_exposes)
{
	static const char exposed[] = "# TYPE threads gauge\nthreads %d\n# TYPE balance gauge\nbalance -3\n"
				      "# TYPE accepted_total counter\naccepted_total 8000\n"
				      "# TYPE queue_depth gauge\nqueue_depth 7\n";
	char *alone = mem_format(exposed, 7), *watched = mem_format(exposed, 8);

	run_with("exposes", NULL, NULL, false);
	cr_expect_str_eq(ran.output, alone);
	run("exposes", NULL, "0 accepted_total <= 7999");
	cr_expect_str_eq(ran.output, watched);
	cr_expect_eq(figure_in(ran.image, "balance")->at_exit, -3);
	cr_expect_eq(figure_in(ran.image, "accepted_total")->at_exit, 8000);
	cr_expect_eq(figure_in(ran.image, "queue_depth")->at_exit, 7);
	cr_expect_eq(figure_in(ran.image, "threads")->at_exit, 1);
	cr_expect_eq(figure_in(ran.image, "joined")->at_exit, 14);
	cr_expect_eq(ran.image->broken_count, 1);
	free(watched);
	free(alone);
}

Test(monitor, holds_bounds_against_each_moment)
{
	/* Kept by a program that is careful, at each of its 640 events, and broken by another event. */
	for (int i = 0; i < 10; i++) {
		run("keeps_bound", NULL, "0 threads <= 1 1 in_flight;1 started <= 160;2 in_flight <= 8");
		cr_assert_eq(ran.image->broken_count, 0);
		run("keeps_bound", "x", "0 threads <= 1 1 in_flight");
		cr_assert_eq(ran.image->broken_count, 1);
		cr_expect_eq(ran.image->broken[0].value, 2);
		cr_expect_eq(ran.image->broken[0].limit, 1);
		cr_expect_eq(ran.image->broken[0].worst_value, 2);
	}
}

Test(monitor, says_when_bounds_cannot_be_read)
{
	static const char *const bad[] = {"x",
					  "0 threads",
					  "0 threads <= ",
					  "0 threads <= 1 in_flight",
					  "0 threads = 1",
					  "0 threads <= 1;",
					  "0 threads.end <= 1",
					  "0 stop 99",
					  "0 threads <= 1 1 a 1 b 1 c 1 d 1 e"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		run_with("starts_early", NULL, bad[i], true);
		cr_assert(ran.image);
		cr_expect(ran.image->lost || strcmp(bad[i], "0 threads <= 1;") == 0, "'%s' was read", bad[i]);
	}
}

Test(monitor, counts_descriptors)
{
	run("opens", NULL, NULL);
	const struct figure *descriptors = figure_in(ran.image, "descriptors");
	cr_expect_eq(descriptors->at_exit, descriptors->start + 5);
	run("opens", "all", NULL);
	descriptors = figure_in(ran.image, "descriptors");
	cr_expect_gt(descriptors->at_exit, descriptors->start + 20);
	cr_expect_neq(strlen(ran.image->maps), 0);
	run("closes_all", NULL, NULL);
	cr_expect_eq(figure_in(ran.image, "descriptors")->at_exit, 10);
}

Test(monitor, knows_the_peak_of_memory)
{
	run("holds_memory", NULL, NULL);
	const struct figure *memory = figure_in(ran.image, "memory");
	/* The kernel's own count is a few pages off. */
	cr_expect_geq(memory->peak, memory->start + (60LL << 20));
	cr_expect_leq(memory->peak, memory->start + (72LL << 20));
	cr_expect_leq(memory->at_exit, memory->start + (8LL << 20));
}

/*
 * Held against what the program's threads say themselves. What comes before
 * main() and after it is the program's too, in part, and depends on the
 * machine: it is less than what the start took.
 */
Test(monitor, knows_the_cpu_time)
{
	long start, used;

	run("burns", NULL, NULL);
	const struct figure *cpu = figure_in(ran.image, "cpu");
	cr_assert_eq(sscanf(ran.output, "%ld %ld", &start, &used), 2);
	cr_expect_geq(cpu->at_exit, used - 10, "%lld us of %ld", cpu->at_exit, used);
	cr_expect_leq(cpu->at_exit, used + start, "%lld us of %ld, start %ld", cpu->at_exit, used, start);
	cr_expect_geq(cpu->last, cpu->at_exit);
}

Test(monitor, knows_when_it_was_asked_to_stop)
{
	static const char *const ways[] = {"handler", "signal", "waiting"};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		run("stops", ways[i], "0 stop 15");
		cr_expect_str_eq(ran.output, "asked 15\n");
		cr_expect_geq(ran.image->figures.stop_us, 0);
		cr_expect_lt(ran.image->figures.stop_us, ran.image->figures.wall_us);
	}
	run("stops", "never", "0 stop 15");
	cr_expect_eq(ran.image->figures.stop_us, -1);
	run("stops", "handler", NULL);
	cr_expect_eq(ran.image->figures.stop_us, -1);
}
