/* `run --trace FILE`: what a program's threads did, with a finding where it happens. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "scratch.h"

/* A thread reads what main has freed, once main has reached a point; joined at last, so that the order is all there is. */
static const char program[] =
	"/*\n * Promise   what is read is there.\n * Ends      broken: read 1\n * tsan      fires  heap-use-after-free in "
	"look\n"
	" * helgrind  blind  of freed memory it keeps no history\n * drd       blind  the same\n"
	" * memcheck  fires  InvalidRead in look\n * budget    silent when joined == started\n */\n"
	"#include <pthread.h>\n#include <stdlib.h>\n#include \"kit/check.h\"\n#include \"kit/schedule.h\"\n"
	"enum { FREED = 3 };\n"
	"static int *number;\n"
	"static void *look(void *arg)\n{\n"
	"\tschedule_await(FREED);\n"
	"\tint found = *number;\n"
	"\treturn found ? arg : NULL;\n}\n"
	"int main(void)\n{\n\tpthread_t looker;\n"
	"\tnumber = calloc(1, sizeof *number);\n\tHAVE(number);\n"
	"\tNEED(pthread_create(&looker, NULL, look, NULL));\n"
	"\tfree(number);\n"
	"\tschedule_reached(FREED);\n"
	"\tCHECK(pthread_join(looker, NULL));\n"
	"\treturn invariant(0, \"read %d\", 1);\n}\n";

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
	scratch_write(&scratch, BROKEN, program);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(trace, .init = make, .fini = unmake, .timeout = 300);

/* The next step of the trace that does this, from *line on; NULL: there is none. For json_decref(). */
static json_t *next(const char **line, const char *does)
{
	while (**line) {
		json_t *step = json_loads(*line, JSON_DISABLE_EOF_CHECK, NULL);
		*line += strcspn(*line, "\n");
		*line += **line == '\n';
		const char *word = json_string_value(json_object_get(step, "does"));
		if (word && strcmp(word, does) == 0)
			return step;
		json_decref(step);
	}
	return NULL;
}

static void expect(const char **line, const char *does, int thread, const char *on, const char *in)
{
	json_t *step = next(line, does);

	cr_assert(step, "no step that does '%s'", does);
	cr_expect_eq(json_integer_value(json_object_get(step, "thread")), thread, "%s", does);
	if (on)
		cr_expect_str_eq(json_string_value(json_object_get(step, "on")), on);
	if (in)
		cr_expect_str_eq(json_string_value(json_object_get(step, "in")), in);
	json_decref(step);
}

Test(trace, shows_the_finding_where_it_happens)
{
	struct outcome done = scratch_loose(&scratch, "run implicit --answers --detector tsan --trace -");
	const char *line = done.out;

	cr_assert(strstr(line, "implicit-contract broken\",\"threads\":[\"main\",\"look\"]}\n"), "%s%s", done.out,
		  done.err);
	expect(&line, "alloc", 0, "block number", "main");
	expect(&line, "start", 0, NULL, "main");
	expect(&line, "free", 0, "block number", "main");
	expect(&line, "reach", 0, "point FREED", "main");
	expect(&line, "go", 1, "point FREED", "look");
	expect(&line, "read", 1, "block number", "look");
	expect(&line, "finding", 1, "block number", "look");
	expect(&line, "join", 0, NULL, "main");
	expect(&line, "exit", 0, NULL, NULL);
	outcome_release(&done);
}

/* What races is the copy of a struct; and the process ends in the middle of all, by _exit(). */
static const char copies[] =
	"/*\n * Promise   each job is done as it was given.\n * Ends      broken: read 1\n"
	" * tsan      fires  data-race in look\n"
	" * helgrind  fires  Race in look\n * drd       fires  ConflictingAccess in look\n"
	" * memcheck  blind  all is alive\n * budget    silent when joined == started\n */\n"
	"#include <pthread.h>\n#include <stdio.h>\n#include <unistd.h>\n#include \"kit/check.h\"\n#include \"kit/gate.h\"\n#include \"kit/schedule.h\"\n"
	"enum { GIVEN = 3 };\n"
	"struct job { int number, size; };\n"
	"static struct job job;\n"
	"static struct gate seen = GATE_INITIALIZER, *the_gate = &seen;\n"
	"static void *look(void *arg)\n{\n"
	"\tgate_wait(&seen);\n\tschedule_await(GIVEN);\n"
	"\tint found = job.number;\n"
	"\treturn found ? arg : NULL;\n}\n"
	"int main(void)\n{\n\tpthread_t looker;\n\tstruct job one = {1, 2};\n"
	"\tgate_open(the_gate);\n"
	"\tNEED(pthread_create(&looker, NULL, look, NULL));\n"
	"\tjob = one;\n"
	"\tschedule_reached(GIVEN);\n"
	"\tCHECK(pthread_join(looker, NULL));\n"
	"\tint status = invariant(0, \"read %d\", 1);\n"
	"\tfflush(stdout);\n\t_exit(status);\n}\n";

Test(trace, shows_the_copy_of_a_struct_and_an_end_at_once)
{
	scratch_write(&scratch, BROKEN, copies);
	struct outcome done = scratch_loose(&scratch, "run implicit --answers --detector tsan --trace -");
	const char *line = done.out;

	cr_assert(strstr(line, "\"threads\":[\"main\",\"look\"]}\n"), "%s%s", done.out, done.err);
	/* Of two names the shorter one, whichever thread comes first. */
	expect(&line, "open", 0, "gate seen", "main");
	expect(&line, "start", 0, NULL, "main");
	expect(&line, "write", 0, NULL, "main");
	expect(&line, "reach", 0, "point GIVEN", "main");
	expect(&line, "read", 1, NULL, "look");
	expect(&line, "finding", 1, NULL, "look");
	expect(&line, "exit", 0, NULL, "main");
	outcome_release(&done);
}

Test(trace, of_an_exercise_is_refused)
{
	struct outcome done = scratch_expect(&scratch, 2, "run implicit solution --trace -");

	cr_expect(strstr(done.err, "--trace records a program of a chapter"), "%s", done.err);
	outcome_release(&done);
}

Test(trace, and_a_plot_are_not_asked_for_together)
{
	struct outcome done = scratch_expect(&scratch, 2, "run implicit --plot x.svg --trace -");

	cr_expect(strstr(done.err, "--plot and --trace"), "%s", done.err);
	outcome_release(&done);
}
