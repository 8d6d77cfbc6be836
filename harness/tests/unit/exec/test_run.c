/* Single runs: how each ends, that nothing is left of it, and that a start never ends what it starts. */
#include "../scratch_workbook.h"

#include <errno.h>
#include <sys/resource.h>

#include "verdict/detector.h"

#if defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

static struct scratch_workbook scratch;
static char *const own[] = {scratch.root, NULL};
static struct run_request request;

static void open_scratch(void)
{
	scratch_workbook_open(&scratch);
	scratch_file(&scratch, "shout", "#!/bin/sh\necho \"$1$SIXTH!\"\necho bye\n");
	request = (struct run_request){.detector = detector_named("sixth"),
				       .executable = mem_format("%s/shout", scratch.root),
				       .own = own,
				       .deadline_ms = 30000};
}

static void close_scratch(void)
{
	cr_assert_eq(scratch_entries(&scratch, "build/run"), 0, "nothing is left of a run");
	free(request.executable);
	scratch_workbook_close(&scratch);
}

TestSuite(run, .init = open_scratch, .fini = close_scratch, .timeout = 120);

struct seen {
	int ends;
	enum end how;
	struct observation observation;
	char *why;
};

static void note_end(void *context, const struct run_end *end)
{
	struct seen *seen = context;

	seen->ends++;
	seen->how = end->how;
	seen->why = end->why ? mem_copy(end->why) : NULL;
	if (end->seen)
		seen->observation = *end->seen;
}

static struct running *run(struct seen *seen)
{
	*seen = (struct seen){.ends = 0};
	struct running *running = run_start(&scratch.workbook.loop, &request, note_end, seen);

	cr_assert_eq(seen->ends, 0, "no end comes from inside a start");
	return running;
}

Test(run, a_run_is_observed)
{
	struct seen seen;

	request.arguments = (char *[]){"loudly", NULL};
	request.keep_output = true;
	run_join(run(&seen));
	cr_assert_eq(seen.ends, 1);
	cr_assert_eq((int)seen.how, (int)END_DONE);
	cr_assert_eq((int)seen.observation.fault, (int)FAULT_NONE, "%s", seen.observation.why);
	cr_assert_eq(seen.observation.findings.count, 1);
	cr_assert_str_eq(seen.observation.findings.items[0].function, "loudlylistens");
	cr_assert_str_eq(seen.observation.output, "loudlylistens!\nbye\n");
	observation_release(&seen.observation);
}

/* ThreadSanitizer's reports of two processes, line by line among each other and among the program's own words. */
Test(run, a_detectors_words_are_not_the_programs)
{
	struct seen seen;

	scratch_file(
		&scratch, "shout",
		"#!/bin/sh\ncat >&2 <<'END'\nready\n==================\n==================\n"
		"WARNING: ThreadSanitizer: data race (pid=1)\n  Write of size 4 at 0x1 by thread T2:\n"
		"WARNING: ThreadSanitizer: data race (pid=2)\n  Write of size 4 at 0x1 by thread T2:\n"
		"    #0 <null> <null> (tsan+0xd1688)\n    #0 <null> <null> (tsan+0xd1688)\n\n"
		"  Previous write of size 4 at 0x1 by thread T1:\nworking\n    #0 <null> <null> (tsan+0xd1688)\n\n"
		"  Location is global '<null>' at 0x000000000000 (tsan+0x147b298)\n\n"
		"  Thread T2 (tid=20589, running) created by main thread at:\n    #0 <null> <null> (tsan+0x5282d)\n\n"
		"==================\n==================\n  done\nEND\n");
	request.keep_output = true;
	run_join(run(&seen));
	cr_assert_str_eq(seen.observation.errors, "ready\nworking\n  done\n");
	observation_release(&seen.observation);
}

/* A process that is left running when the program ends has shown nothing of what it does. */
Test(run, what_goes_on_after_the_end_is_told)
{
	struct seen seen;

	scratch_file(&scratch, "shout", "#!/bin/sh\nsleep 1000 &\n");
	run_join(run(&seen));
	cr_assert_eq((int)seen.observation.fault, (int)FAULT_PROGRAM);
	cr_assert_eq((int)seen.observation.ending, (int)ENDED_LEAVING);
	observation_release(&seen.observation);
}

Test(run, a_program_that_is_not_there_is_a_fault)
{
	struct seen seen;

	request.executable[strlen(request.executable) - 1] = 'p';
	run_join(run(&seen));
	cr_assert_eq((int)seen.how, (int)END_DONE);
	cr_assert_eq((int)seen.observation.fault, (int)FAULT_DETECTOR);
	observation_release(&seen.observation);
}

Test(run, a_run_that_is_stopped_is_cancelled)
{
	struct seen seen;

	scratch_file(&scratch, "shout", "#!/bin/sh\nexec sleep 1000\n");
	struct running *running = run(&seen);
	run_stop(running);
	run_stop(running);
	run_join(running);
	cr_assert_eq(seen.ends, 1);
	cr_assert_eq((int)seen.how, (int)END_CANCELLED);
	cr_assert_null(seen.why);
}

static void remove_supervisor(void)
{
	char *path = mem_format("%s/build/supervisor", scratch.root);

	cr_assert_eq(unlink(path), 0);
	free(path);
}

Test(run, without_a_supervisor_it_is_not_started)
{
	struct seen seen;

	remove_supervisor();
	struct running *running = run(&seen);
	run_stop(running);
	run_join(running);
	cr_assert_eq((int)seen.how, (int)END_NOT_STARTED);
	cr_assert(strstr(seen.why, "build/supervisor': No such file or directory"), "%s", seen.why);
	free(seen.why);
}

Test(run, without_a_directory_it_is_not_started)
{
	struct seen seen;

	scratch_file(&scratch, "build/run", "not a directory");
	run_join(run(&seen));
	cr_assert_eq((int)seen.how, (int)END_NOT_STARTED);
	cr_assert(strstr(seen.why, "cannot make '"), "%s", seen.why);
	free(seen.why);
	char *path = mem_format("%s/build/run", scratch.root);
	unlink(path);
	free(path);
}

/* Each end starts the next one: the stack must not know, nor the memory. */
struct chain {
	int left;
	bool over;
	const char *stack, *deepest;
};

static void start_next(void *context, const struct run_end *end)
{
	struct chain *chain = context;
	/* Not a variable's place: AddressSanitizer may keep that elsewhere. */
	const char *here = __builtin_frame_address(0);

	cr_assert(!end || end->how == END_NOT_STARTED);
	chain->stack = chain->stack ? chain->stack : here;
	chain->deepest = here;
	cr_assert_lt(labs((long)(chain->deepest - chain->stack)), 65536L);
	if (chain->left-- == 0)
		chain->over = true;
	else
		run_start(&scratch.workbook.loop, &request, start_next, chain);
}

static long peak_kib(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return used.ru_maxrss;
}

Test(run, ten_thousand_starts_that_fail_need_no_stack_and_no_memory)
{
	struct chain chain = {.left = 500};
	char *path = mem_format("%s/build/run", scratch.root);

	scratch_file(&scratch, "build/run", "not a directory");
	start_next(&chain, NULL);
	cr_assert(loop_until(&scratch.workbook.loop, &chain.over));
	long before = peak_kib();
	chain = (struct chain){.left = 10000};
	start_next(&chain, NULL);
	cr_assert(loop_until(&scratch.workbook.loop, &chain.over));
	/* 10,000 runs of half a kilobyte would show. AddressSanitizer keeps what was freed for a while, and finds leaks itself. */
	if (!SANITIZED)
		cr_assert_lt(peak_kib() - before, 4000L);
	unlink(path);
	free(path);
}
