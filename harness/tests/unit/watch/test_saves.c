/* Saves, however they are made. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "watch/saves.h"

static char folder[] = "/tmp/saves.XXXXXX";
static struct loop loop;
static struct saves *saves;
static char *paths[3];
static int told;
static size_t first;
static bool heard;

static void on_changed(void *context, size_t index)
{
	(void)context;
	told++;
	first = index;
	heard = true;
}

static void put(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	cr_assert(out && fputs(text, out) >= 0 && fclose(out) == 0);
}

static void begin(void)
{
	cr_assert(mkdtemp(folder));
	cr_assert_eq(loop_start(&loop, "/"), 0);
	paths[0] = mem_format("%s/a.c", folder);
	paths[1] = mem_format("%s/b.c", folder);
	put(paths[0], "one\n");
	put(paths[1], "two\n");
	saves = saves_start(&loop, paths, on_changed, NULL);
}

static void end(void)
{
	saves_stop(saves);
	loop_release(&loop);
	unlink(paths[0]);
	unlink(paths[1]);
	cr_expect_eq(rmdir(folder), 0);
	free(paths[0]);
	free(paths[1]);
}

TestSuite(saves, .init = begin, .fini = end, .timeout = 60);

/* The loop ends with this, since the timer goes on for ever. */
static void await_change(void)
{
	heard = false;
	cr_assert(loop_until(&loop, &heard));
}

Test(saves, are_seen_when_a_file_is_written_in_place)
{
	put(paths[0], "three\n");
	await_change();
	cr_expect_eq(first, 0);
	cr_expect_str_eq(saves_content(saves, 0), "three\n");
}

Test(saves, are_seen_when_another_file_is_renamed)
{
	char *other = mem_format("%s/.a.c.swp", folder);

	put(other, "four\n");
	cr_assert_eq(rename(other, paths[0]), 0);
	await_change();
	cr_expect_str_eq(saves_content(saves, 0), "four\n");
	/* And again: it is another inode by now. */
	put(other, "five\n");
	cr_assert_eq(rename(other, paths[0]), 0);
	await_change();
	cr_expect_str_eq(saves_content(saves, 0), "five\n");
	free(other);
}

Test(saves, are_told_once_for_several_files)
{
	put(paths[1], "five\n");
	put(paths[0], "six\n");
	await_change();
	cr_expect_eq(first, 0);
	cr_expect_eq(told, 1);
	cr_expect_str_eq(saves_content(saves, 1), "five\n");
}

Test(saves, know_a_file_that_is_gone_and_comes_back)
{
	unlink(paths[0]);
	await_change();
	cr_expect_null(saves_content(saves, 0));
	put(paths[0], "seven\n");
	await_change();
	cr_expect_str_eq(saves_content(saves, 0), "seven\n");
}

Test(saves, are_none_when_the_content_is_the_same)
{
	put(paths[0], "one\n");
	/* What is written next is told; what was written before it was not. */
	put(paths[1], "eight\n");
	await_change();
	cr_expect_eq(told, 1);
	cr_expect_eq(first, 1);
}

Test(saves, that_were_looked_at_are_not_told)
{
	put(paths[0], "nine\n");
	cr_expect(saves_look(saves));
	cr_expect_not(saves_look(saves));
	put(paths[1], "ten\n");
	await_change();
	cr_expect_eq(first, 1);
}

/* The folder is replaced by another of its name, as a checkout does: no notice comes, and the look each second finds it. */
Test(saves, are_seen_in_a_folder_that_was_replaced)
{
	char *old = mem_format("%s.old", folder), *in_old[] = {mem_format("%s/a.c", old), mem_format("%s/b.c", old)};

	cr_assert_eq(rename(folder, old), 0);
	cr_assert_eq(mkdir(folder, 0700), 0);
	put(paths[0], "eleven\n");
	put(paths[1], "two\n");
	while (!saves_content(saves, 0) || strcmp(saves_content(saves, 0), "eleven\n") != 0)
		await_change();
	for (int i = 0; i < 2; i++) {
		unlink(in_old[i]);
		free(in_old[i]);
	}
	cr_expect_eq(rmdir(old), 0);
	free(old);
}
