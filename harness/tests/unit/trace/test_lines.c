/* The format of a trace: what is written is read again, and what is not a trace is refused with its line. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/text.h"
#include "trace/trace.h"

static const char example[] =
	"{\"trace\":1,\"program\":\"02-ownership/implicit-contract broken\",\"threads\":[\"main\",\"evict_loop\"]}\n"
	"{\"step\":1,\"thread\":0,\"does\":\"begin\"}\n"
	"{\"step\":2,\"thread\":0,\"does\":\"start\",\"other\":1,\"file\":\"broken.c\",\"line\":70,\"in\":\"cache_new\"}\n"
	"{\"step\":3,\"thread\":1,\"does\":\"begin\",\"after\":[2]}\n"
	"{\"step\":4,\"thread\":1,\"does\":\"gauge\",\"name\":\"depth\",\"value\":-3,\"file\":\"broken.c\",\"line\":58,\"in\":"
	"\"evict_loop\"}\n"
	"{\"step\":5,\"thread\":1,\"does\":\"finding\",\"on\":\"block 1\",\"kind\":\"data-race\",\"detector\":\"tsan\","
	"\"after\":[1,2]}\n";

static bool read_text(const char *text, struct trace *trace, char **error)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	bool good = trace_read(in, trace, error);

	fclose(in);
	return good;
}

Test(trace_lines, what_is_read_is_written_again)
{
	struct trace trace;
	struct text text;
	char *error;

	cr_assert(read_text(example, &trace, &error), "%s", error);
	FILE *out = text_open(&text);
	trace_write(out, &trace);
	char *written = text_close(&text);
	cr_assert_str_eq(written, example);
	cr_assert_eq(trace.thread_count, 2);
	cr_assert_eq(trace.steps[1].other, 1);
	cr_assert_eq(trace.steps[2].after[0], 1, "the second step has the index 1");
	cr_assert_eq(trace.steps[0].other, -1);
	free(written);
	trace_release(&trace);
}

static const struct {
	const char *text, *error;
} refused[] = {
	{"\n", "line 1 is not the head of a trace"},
	{"{\"trace\":2,\"program\":\"p\",\"threads\":[]}\n", "line 1 is not the head of a trace"},
	{"{\"trace\":1,\"program\":\"p\",\"threads\":[1]}\n", "line 1 is not the head of a trace"},
	{"{\"trace\":1,\"threads\":[\"main\"]}\n", "line 1 is not the head of a trace"},
	{"{\"trace\":1,\"program\":\"p\",\"threads\":[\"main\"]}\n{\"step\":1,\"thread\":1,\"does\":\"begin\"}\n",
	 "line 2 is not a step of a trace"},
	{"{\"trace\":1,\"program\":\"p\",\"threads\":[\"main\"]}\n{\"step\":2,\"thread\":0,\"does\":\"begin\"}\n",
	 "line 2 is not a step of a trace"},
	{"{\"trace\":1,\"program\":\"p\",\"threads\":[\"main\"]}\n{\"step\":1,\"thread\":0,\"does\":\"dance\"}\n",
	 "line 2 is not a step of a trace"},
	{"{\"trace\":1,\"program\":\"p\",\"threads\":[\"main\"]}\n{\"step\":1,\"thread\":0,\"does\":\"begin\",\"after\":[1]}\n",
	 "line 2 is not a step of a trace"},
	{"{\"trace\":1,\"program\":\"p\",\"threads\":[\"main\"]}\n{\"step\":1,\"thread\":0,\"does\":\"begin\"}\n{\"step\":",
	 "line 3 is not a step of a trace"},
};

Test(trace_lines, what_is_no_trace_is_refused_with_its_line)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct trace trace;
		char *error = NULL;
		cr_expect_not(read_text(refused[i].text, &trace, &error), "%s", refused[i].text);
		cr_expect_str_eq(error, refused[i].error);
		cr_expect_eq(trace.count, 0);
		free(error);
	}
}
