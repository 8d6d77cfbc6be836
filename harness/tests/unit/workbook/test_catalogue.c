/* The workbook's own tree: whole, and every name found by its parts. */
#include "../scratch_root.h"

#include <sys/inotify.h>
#include <unistd.h>

#include "base/files.h"
#include "verdict/detector.h"
#include "workbook/catalogue.h"

static struct catalogue catalogue;

static void load(void)
{
	char here[4096];

	cr_assert(getcwd(here, sizeof here));
	catalogue_load(&catalogue, here);
}

static void release(void)
{
	catalogue_release(&catalogue);
}

TestSuite(catalogue, .init = load, .fini = release);

Test(catalogue, the_book_has_no_problems)
{
	for (size_t i = 0; i < catalogue.problem_count; i++)
		fprintf(stderr, "%s\n", catalogue.problems[i]);
	cr_assert_eq(catalogue.problem_count, 0);
	cr_assert_gt(catalogue.pitfall_count, 0);
}

/* By some detector; where it is about memory that threads share, by ThreadSanitizer or Helgrind. A wait without an end is not. */
Test(catalogue, every_broken_program_is_seen)
{
	static const char *const shared[] = {"02-ownership/", "05-shutdown/lost-batch", "05-shutdown/shutdown-order",
					     "05-shutdown/failing-shutdown"};

	for (size_t i = 0; i < catalogue.count; i++) {
		const struct program *program = &catalogue.programs[i];
		bool seen = program->role != ROLE_BROKEN, raced = seen;
		for (size_t j = 0; j < program->declaration.count; j++) {
			const struct expectation *item = &program->declaration.items[j];
			bool fires = item->word == WORD_FIRES;
			seen = seen || fires;
			raced = raced || (fires && (item->detector == detector_named("tsan") ||
						    item->detector == detector_named("helgrind")));
		}
		cr_assert(seen, "%s", program->path);
		for (size_t j = 0; j < sizeof shared / sizeof *shared; j++)
			cr_assert(raced || strncmp(program->pitfall, shared[j], strlen(shared[j])) != 0, "%s",
				  program->path);
	}
}

Test(catalogue, takes_a_submission_beside_a_starter_alone)
{
	static const char *const none[] = {
		"exercises/02-ownership/implicit-contract/test.c",	 "exercises/02-ownership/no-such/line.c",
		"exercises/02-ownership/implicit-contract/below/line.c", "exercises/line.c",
		"chapters/02-ownership/implicit-contract/broken.c",	 ""};
	const struct program *starter = catalogue_program(&catalogue, "02-ownership/implicit-contract", "starter");
	size_t count = catalogue.count;

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		cr_assert_null(catalogue_submission(&catalogue, none[i]), "%s", none[i]);
	cr_assert_eq(catalogue_submission(&catalogue, starter->path), starter);
	cr_assert_eq(catalogue.count, count);
}

/* A command asks for one while it holds pointers to other programs. */
Test(catalogue, a_submission_leaves_all_other_pointers_as_they_are)
{
	const struct program *starter = catalogue_program(&catalogue, "02-ownership/implicit-contract", "starter");
	const struct program *all = catalogue.programs, *first = NULL;
	size_t count = catalogue.count;

	for (int i = 0; i < 100; i++) {
		const struct program *mine =
			catalogue_submission(&catalogue, "exercises/02-ownership/implicit-contract/mine.c");
		cr_assert(mine && mine != starter);
		cr_assert_str_eq(mine->pitfall, starter->pitfall);
		first = first ? first : mine;
	}
	cr_assert_eq(catalogue.programs, all);
	cr_assert_eq(catalogue.count, count);
	cr_assert_str_eq(first->path, "exercises/02-ownership/implicit-contract/mine.c");
}

Test(catalogue, names)
{
	char *error;

	cr_assert_str_eq(catalogue_pitfall(&catalogue, "implicit", &error), "02-ownership/implicit-contract");
	cr_assert_str_eq(catalogue_pitfall(&catalogue, "02-ownership/implicit-contract", &error),
			 "02-ownership/implicit-contract");
	cr_assert_null(catalogue_pitfall(&catalogue, "02-ownership", &error));
	cr_assert(strstr(error, "may be any of 02-ownership/implicit-contract, "));
	free(error);
	cr_assert_null(catalogue_pitfall(&catalogue, "no such", &error));
	cr_assert(strstr(error, "no pitfall is called"));
	free(error);
	cr_assert_null(catalogue_pitfall(&catalogue, "", &error));
	free(error);
}

/* As the chapter's page has them, which is not by name. */
Test(catalogue, pitfalls_in_the_order_of_the_book)
{
	size_t lost_batch = 0, failing = 0;

	for (size_t i = 0; i < catalogue.pitfall_count; i++) {
		if (strcmp(catalogue.pitfalls[i], "05-shutdown/lost-batch") == 0)
			lost_batch = i;
		if (strcmp(catalogue.pitfalls[i], "05-shutdown/failing-shutdown") == 0)
			failing = i;
	}
	cr_assert_eq(failing, lost_batch + 3);
}

Test(catalogue, programs_in_their_order)
{
	for (size_t i = 1; i < catalogue.count; i++) {
		const struct program *before = &catalogue.programs[i - 1], *after = &catalogue.programs[i];
		bool same = strcmp(before->pitfall, after->pitfall) == 0;
		int chapters = strncmp(before->pitfall, after->pitfall, strcspn(after->pitfall, "/"));
		cr_assert(same ? before->role <= after->role : chapters <= 0, "%s, %s", before->path, after->path);
	}
}

/* It has five hundred programs, and every command begins with it. */
Test(catalogue, reads_the_text_of_a_chapter_once)
{
	struct catalogue small;
	char events[16 << 10], *text;
	size_t opened = 0;
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	root_make();
	root_run("mkdir -p chapters/01-x/a chapters/01-x/b && touch chapters/01-x/a/broken.c chapters/01-x/a/fixed.c "
		 "chapters/01-x/b/broken.c");
	root_write("chapters/01-x/README.md", "[b](b/README.md), [a](a/README.md)\n");
	text = mem_format("%s/chapters/01-x/README.md", root);
	/* With the closing in between no opening is taken for the one before. */
	cr_assert(inotify_add_watch(watch, text, IN_OPEN | IN_CLOSE) >= 0);
	catalogue_load(&small, root);
	cr_assert_eq(small.pitfall_count, 2);
	cr_assert_str_eq(small.pitfalls[0], "01-x/b", "as the text has them");
	for (ssize_t at = 0, length = read(watch, events, sizeof events); at < length;) {
		struct inotify_event event;
		memcpy(&event, events + at, sizeof event);
		opened += event.mask & IN_OPEN ? 1 : 0;
		at += (ssize_t)(sizeof event + event.len);
	}
	cr_assert_eq(opened, 1, "%zu times", opened);
	catalogue_release(&small);
	close(watch);
	free(text);
	root_remove();
}

/* The review checklist sends its reader to all of them. */
Test(catalogue, every_pitfall_is_on_the_checklist)
{
	char *text = file_read("chapters/11-review/checklist.md");

	cr_assert_not_null(text);
	for (size_t i = 0; i < catalogue.pitfall_count; i++) {
		const char *pitfall = catalogue.pitfalls[i];
		if (pitfall_is_alone(catalogue.root, pitfall))
			continue;
		bool own = strncmp(pitfall, "11-review/", 10) == 0;
		char link[256];
		snprintf(link, sizeof link, "](%s%s/README.md)", own ? "" : "../", pitfall + (own ? 10 : 0));
		cr_assert(strstr(text, link), "%s", link);
	}
	free(text);
}
