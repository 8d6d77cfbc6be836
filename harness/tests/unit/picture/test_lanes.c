/* Lanes: which steps are drawn, in which rows, and that two runs of one order give one picture. */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "base/text.h"
#include "picture/lanes.h"

static const struct style plain = {.utf8 = true, .width = 80};

/* What the book's first pitfall does, without its end. */
#define HEAD "{\"trace\":1,\"program\":\"x broken\",\"threads\":[\"main\",\"evict_loop\"]}\n"
static const char broken[] = HEAD
	"{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1,\"file\":\"b.c\",\"line\":70,\"in\":\"cache_new\"}\n"
	"{\"step\":2,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n"
	"{\"step\":3,\"thread\":0,\"does\":\"detach\",\"other\":1,\"file\":\"b.c\",\"line\":71,\"in\":\"cache_new\"}\n"
	"{\"step\":4,\"thread\":0,\"does\":\"wait\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":84,\"in\":\"main\"}\n"
	"{\"step\":5,\"thread\":1,\"does\":\"read\",\"on\":\"block 1\",\"file\":\"b.c\",\"line\":40,\"in\":\"evict\"}\n"
	"{\"step\":6,\"thread\":1,\"does\":\"reach\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":55,\"in\":\"evict\"}\n"
	"{\"step\":7,\"thread\":0,\"does\":\"go\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":84,\"in\":\"main\",\"after\":[6]}\n"
	"{\"step\":8,\"thread\":1,\"does\":\"wait\",\"on\":\"point MINUTE\",\"file\":\"b.c\",\"line\":57,\"in\":\"evict\"}\n"
	"{\"step\":9,\"thread\":0,\"does\":\"free\",\"on\":\"block 1\",\"file\":\"b.c\",\"line\":77,\"in\":\"cache_free\"}\n"
	"{\"step\":10,\"thread\":0,\"does\":\"finding\",\"kind\":\"data-race\",\"detector\":\"tsan\",\"file\":\"b.c\",\"line\":77,"
	"\"in\":\"cache_free\",\"after\":[5]}\n"
	"{\"step\":11,\"thread\":0,\"does\":\"exit\"}\n";

/* The same order, seen in another one: what is independent has changed places. */
static const char seen_otherwise[] = HEAD
	"{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1,\"file\":\"b.c\",\"line\":70,\"in\":\"cache_new\"}\n"
	"{\"step\":2,\"thread\":0,\"does\":\"detach\",\"other\":1,\"file\":\"b.c\",\"line\":71,\"in\":\"cache_new\"}\n"
	"{\"step\":3,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n"
	"{\"step\":4,\"thread\":1,\"does\":\"read\",\"on\":\"block 1\",\"file\":\"b.c\",\"line\":40,\"in\":\"evict\"}\n"
	"{\"step\":5,\"thread\":1,\"does\":\"reach\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":55,\"in\":\"evict\"}\n"
	"{\"step\":6,\"thread\":1,\"does\":\"wait\",\"on\":\"point MINUTE\",\"file\":\"b.c\",\"line\":57,\"in\":\"evict\"}\n"
	"{\"step\":7,\"thread\":0,\"does\":\"wait\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":84,\"in\":\"main\"}\n"
	"{\"step\":8,\"thread\":0,\"does\":\"go\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":84,\"in\":\"main\",\"after\":[5]}\n"
	"{\"step\":9,\"thread\":0,\"does\":\"free\",\"on\":\"block 1\",\"file\":\"b.c\",\"line\":77,\"in\":\"cache_free\"}\n"
	"{\"step\":10,\"thread\":0,\"does\":\"finding\",\"kind\":\"data-race\",\"detector\":\"tsan\",\"file\":\"b.c\",\"line\":77,"
	"\"in\":\"cache_free\",\"after\":[4]}\n"
	"{\"step\":11,\"thread\":0,\"does\":\"exit\"}\n";

static struct lanes lanes_from(const char *text)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	struct trace trace = {0};
	struct lanes lanes;
	char *error = NULL;

	cr_assert(trace_read(file, &trace, &error), "%s", error);
	fclose(file);
	lanes_init(&lanes, "broken", &trace);
	trace_release(&trace);
	return lanes;
}

static char *printed(const struct lanes *lanes, struct style style)
{
	struct text text;

	lanes_print(text_open(&text), style, lanes, 1);
	return text_close(&text);
}

static char *svg_of(const struct lanes *lanes)
{
	struct text text;

	lanes_svg(text_open(&text), "x", lanes, 1);
	return text_close(&text);
}

static void has(const char *text, const char *part)
{
	cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
	cr_assert_not(strstr(text, part), "'%s' in:\n%s", part, text);
}

/* --- rows --- */

Test(lanes, show_who_waits_for_whom_and_what_is_wrong)
{
	struct lanes lanes = lanes_from(broken);
	char *text = printed(&lanes, plain);

	cr_assert_str_eq(text, "broken\n\n"
			       "main                                    evict_loop\n"
			       "● starts evict_loop :70\n"
			       "├──────────────────────────────────────▶│\n"
			       "● detaches evict_loop :71               ✗ evict() reads block 1 :40\n"
			       "│                                       │ nothing orders this with line 77\n"
			       "○ waits for ROUND :84                   ● reaches ROUND :55\n"
			       "┊◀──────────────────────────────────────┤\n"
			       "● goes on :84                           ○ waits for MINUTE :57\n"
			       "✗ cache_free() frees block 1 :77        ┊\n"
			       "│ a data race with line 40              ┊\n"
			       "■ ends the program                      ■ still waits\n"
			       "\n● a step  ○ waits, ┊ until  ■ the end  ✗ what is wrong  :N line N\n");
	free(text);
	lanes_release(&lanes);
}

Test(lanes, are_the_same_however_the_run_was_seen)
{
	struct lanes one = lanes_from(broken), other = lanes_from(seen_otherwise);
	char *texts[] = {printed(&one, plain), printed(&other, plain)}, *pictures[] = {svg_of(&one), svg_of(&other)};

	cr_assert_str_eq(texts[0], texts[1]);
	cr_assert_str_eq(pictures[0], pictures[1]);
	for (int i = 0; i < 2; i++) {
		free(texts[i]);
		free(pictures[i]);
	}
	lanes_release(&one);
	lanes_release(&other);
}

Test(lanes, place_a_step_below_all_that_it_waited_for)
{
	struct lanes lanes = lanes_from(broken);

	for (size_t i = 0; i < lanes.step_count; i++)
		for (size_t j = 0; j < i; j++)
			cr_assert(lanes.steps[i].lane != lanes.steps[j].lane || lanes.steps[i].row > lanes.steps[j].row,
				  "'%s' and '%s'", lanes.steps[i].words, lanes.steps[j].words);
	for (size_t i = 0; i < lanes.arrow_count; i++)
		for (size_t j = 0; j < lanes.step_count; j++)
			if (strncmp(lanes.steps[j].words, "goes on", 7) == 0)
				cr_assert_gt(lanes.steps[j].row, lanes.arrows[i].row);
	lanes_release(&lanes);
}

/* A point that was reached long ago: the thread that asks for it has not waited for the other one's later steps. */
Test(lanes, draw_no_arrow_from_a_thread_that_has_gone_on)
{
	struct lanes lanes = lanes_from(
		"{\"trace\":1,\"program\":\"x\",\"threads\":[\"main\",\"work\"]}\n"
		"{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1}\n{\"step\":2,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n"
		"{\"step\":3,\"thread\":0,\"does\":\"reach\",\"on\":\"point A\"}\n{\"step\":4,\"thread\":0,\"does\":\"reach\",\"on\":\"point B\"}\n"
		"{\"step\":5,\"thread\":1,\"does\":\"alloc\"}\n{\"step\":6,\"thread\":1,\"does\":\"alloc\"}\n{\"step\":7,\"thread\":1,\"does\":\"alloc\"}\n"
		"{\"step\":8,\"thread\":1,\"does\":\"go\",\"on\":\"point A\",\"after\":[3]}\n");

	cr_assert_eq(lanes.arrow_count, 1, "%zu arrows, of which one is the start", lanes.arrow_count);
	lanes_release(&lanes);
}

/* --- threads --- */

/* `all` threads, of which the last has a finding. */
static char *crowd(int all)
{
	struct text text;
	FILE *out = text_open(&text);
	int step = 0;

	fputs("{\"trace\":1,\"program\":\"x\",\"threads\":[\"main\"", out);
	for (int i = 1; i <= all; i++)
		fprintf(out, ",\"work %d\"", i);
	fputs("]}\n", out);
	for (int i = 1; i <= all; i++) {
		fprintf(out, "{\"step\":%d,\"thread\":0,\"does\":\"start\",\"other\":%d}\n", step + 1, i);
		fprintf(out, "{\"step\":%d,\"thread\":%d,\"does\":\"begin\",\"after\":[%d]}\n", step + 2, i, step + 1);
		step += 2;
	}
	fprintf(out,
		"{\"step\":%d,\"thread\":%d,\"does\":\"finding\",\"kind\":\"threads\",\"detector\":\"budget\",\"in\":\"work\"}\n",
		step + 1, all);
	return text_close(&text);
}

Test(lanes, leave_out_threads_and_say_so)
{
	char *trace = crowd(40);
	struct lanes lanes = lanes_from(trace);
	char *text = printed(&lanes, plain), *picture = svg_of(&lanes);

	cr_assert_eq(lanes.lane_count, LANES_MOST);
	has(text, "main                work 1              work 2              work 40\n");
	has(text, "● starts 37 more    │                   │\n│ threads           │                   │\n");
	has(text, "more threads than\n");
	has(text, "\n37 more threads are not drawn\n");
	has(picture, ">37 more threads are not drawn<");
	free(picture);
	free(text);
	free(trace);
	lanes_release(&lanes);
}

/* --- what it looks like --- */

Test(lanes, fit_a_terminal_of_80_columns)
{
	/* The second has each mark that the legend explains. */
	char *traces[] = {mem_copy(broken),
			  mem_format("{\"trace\":1,\"program\":\"x\",\"threads\":[\"main\",\"evict_loop x2\"]}\n%s",
				     broken + strlen(HEAD)),
			  crowd(7)};

	for (int i = 0; i < 3; i++) {
		struct lanes lanes = lanes_from(traces[i]);
		char *text = printed(&lanes, (struct style){.width = 80});
		for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
			size_t length = strcspn(line, "\n");
			cr_assert_leq(length, 80, "%.*s", (int)length, line);
			cr_assert(length == 0 || line[length - 1] != ' ', "blanks at the end of '%.*s'", (int)length,
				  line);
		}
		for (const char *byte = text; *byte; byte++)
			cr_assert((unsigned char)*byte < 0x80, "not ASCII: %s", byte);
		free(text);
		free(traces[i]);
		lanes_release(&lanes);
	}
}

/* Colours only stress what marks and words say. */
Test(lanes, say_the_same_without_colour)
{
	struct lanes lanes = lanes_from(broken);
	struct style coloured = plain;
	coloured.colour = true;
	char *text = printed(&lanes, plain), *colours = printed(&lanes, coloured), *to = colours;

	has(colours, "\033[1;31m");
	for (const char *from = colours; *from;)
		if (*from == '\033')
			from += strcspn(from, "m") + 1;
		else
			*to++ = *from++;
	*to = '\0';
	cr_assert_str_eq(text, colours);
	free(text);
	free(colours);
	lanes_release(&lanes);
}

static void expect_well_formed(const char *picture)
{
	XML_Parser parser = XML_ParserCreate("UTF-8");

	cr_assert_eq(XML_Parse(parser, picture, (int)strlen(picture), 1), XML_STATUS_OK, "line %lu: %s",
		     (unsigned long)XML_GetCurrentLineNumber(parser), XML_ErrorString(XML_GetErrorCode(parser)));
	XML_ParserFree(parser);
}

Test(lanes, are_an_svg_with_words_for_who_cannot_see_it)
{
	struct lanes lanes = lanes_from(broken);
	char *picture = svg_of(&lanes);

	expect_well_formed(picture);
	has(picture, "<title id=\"title\">x</title>");
	has(picture, "<desc id=\"desc\">The broken program: main starts evict_loop in line 70. ");
	has(picture, "main cache_free() frees block 1 in line 77: wrong here: a data race with line 40.");
	has(picture, "prefers-color-scheme:dark");
	has(picture, "class=\"between\"");
	for (const char *size = picture; (size = strstr(size, "font-size:")); size++)
		cr_assert_geq(atoi(size + strlen("font-size:")), 12);
	free(picture);
	lanes_release(&lanes);
}

/* Two races of the same two threads, the one within the other. */
static const char two_races[] = HEAD
	"{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1,\"file\":\"b.c\",\"line\":70,\"in\":\"cache_new\"}\n"
	"{\"step\":2,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n"
	"{\"step\":3,\"thread\":1,\"does\":\"read\",\"on\":\"block 1\",\"file\":\"b.c\",\"line\":40,\"in\":\"evict\"}\n"
	"{\"step\":4,\"thread\":1,\"does\":\"read\",\"on\":\"block 2\",\"file\":\"b.c\",\"line\":41,\"in\":\"evict\"}\n"
	"{\"step\":5,\"thread\":1,\"does\":\"reach\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":55,\"in\":\"evict\"}\n"
	"{\"step\":6,\"thread\":0,\"does\":\"wait\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":84,\"in\":\"main\"}\n"
	"{\"step\":7,\"thread\":0,\"does\":\"go\",\"on\":\"point ROUND\",\"file\":\"b.c\",\"line\":84,\"in\":\"main\",\"after\":[5]}\n"
	"{\"step\":8,\"thread\":0,\"does\":\"free\",\"on\":\"block 2\",\"file\":\"b.c\",\"line\":76,\"in\":\"cache_free\"}\n"
	"{\"step\":9,\"thread\":0,\"does\":\"finding\",\"kind\":\"data-race\",\"detector\":\"tsan\",\"file\":\"b.c\",\"line\":76,"
	"\"in\":\"cache_free\",\"after\":[4]}\n"
	"{\"step\":10,\"thread\":0,\"does\":\"free\",\"on\":\"block 1\",\"file\":\"b.c\",\"line\":77,\"in\":\"cache_free\"}\n"
	"{\"step\":11,\"thread\":0,\"does\":\"finding\",\"kind\":\"data-race\",\"detector\":\"tsan\",\"file\":\"b.c\",\"line\":77,"
	"\"in\":\"cache_free\",\"after\":[3]}\n"
	"{\"step\":12,\"thread\":0,\"does\":\"exit\"}\n";

/* The number after `mark`, which is after the next `before`; moves *at. */
static int number_after(const char **at, const char *before, const char *mark)
{
	*at = strstr(*at, before);
	cr_assert(*at, "no more '%s'", before);
	*at = strstr(*at, mark) + strlen(mark);
	return atoi(*at);
}

Test(lanes, draw_what_is_wrong_together_beside_the_lanes_and_the_boxes)
{
	struct lanes lanes = lanes_from(two_races);
	char *picture = svg_of(&lanes);
	const char *at = strstr(picture, "class=\"between\" d="), *box = strstr(picture, "class=\"box\" x=");
	int down[2], mark = 10 /* half of one, that lies on a lane */, second_lane = 0;

	for (int i = 0; i < 2; i++)
		down[i] = number_after(&at, "class=\"between\" d=", "H");
	cr_expect_neq(down[0], down[1], "the one lies on the other:\n%s", picture);
	for (const char *lane = picture; (lane = strstr(lane, "class=\"lane\" x1=\"")); lane++)
		if (atoi(lane + strlen("class=\"lane\" x1=\"")) > second_lane)
			second_lane = atoi(lane + strlen("class=\"lane\" x1=\""));
	for (int i = 0; i < 2; i++)
		cr_expect_lt(down[i], second_lane - mark, "%d, lane %d", down[i], second_lane);
	for (; (box = strstr(box, "class=\"box\" x=")); box++) {
		int left = atoi(box + strlen("class=\"box\" x=\""));
		int end = left + atoi(strstr(box, "width=\"") + strlen("width=\""));
		for (int i = 0; left < second_lane && i < 2; i++)
			cr_expect_gt(down[i], end, "%d, box until %d", down[i], end);
	}
	free(picture);
	lanes_release(&lanes);
}

/* Whether a thread that no join waits for has ended when the program does is luck. */
Test(lanes, say_of_a_thread_no_more_than_is_known_of_its_end)
{
	static const struct {
		int ends; /* the thread that ends the program */
		const char *words, *not_said;
	} cases[] = {{0, "is not joined\n", "has not ended"}, {1, "has not ended", "is not joined"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *trace = mem_format("{\"trace\":1,\"program\":\"x\",\"threads\":[\"main\",\"work\"]}\n"
					 "{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1}\n"
					 "{\"step\":2,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n"
					 "{\"step\":3,\"thread\":%d,\"does\":\"exit\"}\n",
					 cases[i].ends);
		struct lanes lanes = lanes_from(trace);
		char *text = printed(&lanes, plain);

		has(text, cases[i].words);
		has_not(text, cases[i].not_said);
		free(text);
		free(trace);
		lanes_release(&lanes);
	}
}

Test(lanes, say_how_many_steps_they_leave_out)
{
	static const char steps[] =
		"{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1}\n{\"step\":2,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n";
	static const struct {
		const char *left_out, *words; /* NULL: none */
	} cases[] = {
		{"\"threads\":0,\"steps\":5", "5 steps in between are not drawn"},
		{"\"threads\":0,\"steps\":1", "1 step in between is not drawn"},
		{"\"threads\":1,\"steps\":1", "1 more thread and 1 step in between are not drawn"},
		{"\"threads\":0,\"steps\":0", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *trace = mem_format(
			"{\"trace\":1,\"program\":\"x\",\"threads\":[\"main\",\"work\"],\"left_out\":{%s}}\n%s",
			cases[i].left_out, steps);
		struct lanes lanes = lanes_from(trace);
		char *text = printed(&lanes, plain), *picture = svg_of(&lanes);

		if (cases[i].words) {
			has(text, cases[i].words);
			has(picture, cases[i].words);
		} else {
			has_not(text, "not drawn");
			has_not(picture, "not drawn");
		}
		free(picture);
		free(text);
		free(trace);
		lanes_release(&lanes);
	}
}

/* Whatever a program calls its threads and points. */
Test(lanes, let_no_name_break_the_picture)
{
	struct lanes lanes =
		lanes_from("{\"trace\":1,\"program\":\"x\",\"threads\":[\"<b>&\\\"\\u0007\",\"\\u001b[31mred\"]}\n"
			   "{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1}\n"
			   "{\"step\":2,\"thread\":0,\"does\":\"wait\",\"on\":\"point ]]><script>\\u001b[2J\"}\n"
			   "{\"step\":3,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n");
	char *picture = svg_of(&lanes), *text = printed(&lanes, plain);

	expect_well_formed(picture);
	has_not(picture, "<script>");
	has_not(text, "\033");
	free(text);
	free(picture);
	lanes_release(&lanes);
}

Test(lanes, are_drawn_of_a_run_that_was_cut_short)
{
	for (const char *end = broken + strlen(HEAD); *end; end += strcspn(end, "\n") + 1) {
		char *cut = mem_copy_n(broken, (size_t)(end - broken));
		struct lanes lanes = lanes_from(cut);
		char *picture = svg_of(&lanes), *text = printed(&lanes, plain);
		expect_well_formed(picture);
		free(text);
		free(picture);
		free(cut);
		lanes_release(&lanes);
	}
}

Test(lanes, are_summed_up_in_a_sentence)
{
	struct lanes lanes = lanes_from(broken);
	char *sum = lanes_summed_up(&lanes);

	cr_assert_str_eq(
		sum, "main and evict_loop; in main, cache_free() frees block 1 in line 77: a data race with line 40");
	free(sum);
	lanes_release(&lanes);
}

/* What nothing orders comes after nothing: the other half is the other thread's access to the same object. */
Test(lanes, find_the_other_half_of_a_race_by_its_object)
{
	struct text text;
	FILE *out = text_open(&text);
	const char *after = strstr(broken, "\"in\":\"cache_free\",\"after\":[5]");

	fwrite(broken, 1, (size_t)(after - broken), out);
	fputs("\"in\":\"cache_free\",\"on\":\"block 1\"}\n", out);
	char *trace = text_close(&text);
	struct lanes lanes = lanes_from(trace);
	cr_assert_eq(lanes.link_count, 1);
	cr_assert_str_eq(lanes.steps[lanes.links[0].from].fault, "nothing orders this with line 77");
	cr_assert_str_eq(lanes.steps[lanes.links[0].to].fault, "a data race with line 40");
	free(trace);
	lanes_release(&lanes);
}

/* What a budget's finding comes after is what was counted, and not wrong by itself. */
Test(lanes, link_no_count_to_what_was_counted)
{
	struct lanes lanes = lanes_from(
		"{\"trace\":1,\"program\":\"x\",\"threads\":[\"main\",\"work\"]}\n"
		"{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1}\n{\"step\":2,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n"
		"{\"step\":3,\"thread\":1,\"does\":\"end\",\"line\":7}\n"
		"{\"step\":4,\"thread\":0,\"does\":\"finding\",\"kind\":\"threads\",\"detector\":\"budget\",\"line\":9,\"after\":[3]}\n");

	cr_assert_eq(lanes.link_count, 0);
	const char *fault = NULL;
	for (size_t i = 0; i < lanes.step_count; i++)
		fault = lanes.steps[i].fault ? lanes.steps[i].fault : fault;
	cr_assert(fault, "the finding is at no step");
	cr_assert_str_eq(fault, "more threads than are allowed");
	lanes_release(&lanes);
}

/* A lane for threads that are equal, and steps that are taken several times. */
Test(lanes, say_for_how_many_a_lane_and_a_step_stand)
{
	static const char trace[] =
		"{\"trace\":1,\"program\":\"x broken\",\"threads\":[\"main\",\"work x3\"]}\n"
		"{\"step\":1,\"thread\":0,\"does\":\"start\",\"other\":1}\n"
		"{\"step\":2,\"thread\":1,\"does\":\"begin\",\"after\":[1]}\n"
		"{\"step\":3,\"thread\":1,\"does\":\"free\",\"on\":\"block item\",\"times\":7}\n"
		"{\"step\":4,\"thread\":1,\"does\":\"end\"}\n"
		"{\"step\":5,\"thread\":0,\"does\":\"join\",\"other\":1,\"times\":2,\"after\":[4]}\n"
		"{\"step\":6,\"thread\":0,\"does\":\"wait\",\"on\":\"condition room\",\"times\":1}\n";
	struct lanes lanes = lanes_from(trace);
	char *text = printed(&lanes, plain), *picture = svg_of(&lanes);

	has(text, "starts work x3\n");
	has(text, "frees item, 7 times\n");
	has(text, "joins work x3; all this 2 times\n");
	has(text, "1 of them: waits on room\n");
	has(text, "  xN N alike\n");
	has(picture, "xN  N threads alike");
	free(text);
	free(picture);
	lanes_release(&lanes);
}
