/* The outline has every pitfall of the book and no other, in an order in which nothing needs what comes later. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "workbook/catalogue.h"
#include "workbook/outline.h"

static size_t place(const struct catalogue *catalogue, const char *pitfall)
{
	for (size_t i = 0; i < catalogue->pitfall_count; i++)
		if (strcmp(catalogue->pitfalls[i], pitfall) == 0)
			return i;
	return catalogue->pitfall_count;
}

Test(outline, has_each_pitfall_once)
{
	struct catalogue catalogue;
	struct outline outline;
	char root[4096];
	size_t j;
	json_t *need;

	cr_assert(getcwd(root, sizeof root));
	catalogue_load(&catalogue, root);
	char *wrong = outline_load(&outline, root);
	cr_assert_null(wrong, "%s", wrong);
	cr_assert_eq(json_array_size(outline.all), catalogue.pitfall_count);
	for (size_t i = 0; i < catalogue.pitfall_count; i++) {
		const json_t *lesson = outline_of(&outline, catalogue.pitfalls[i]);
		cr_assert(lesson, "%s is not in chapters/outline.json", catalogue.pitfalls[i]);
		json_array_foreach(json_object_get(lesson, "needs"), j, need)
			cr_expect_lt(place(&catalogue, json_string_value(need)), i,
				     "%s needs %s, which does not come before it", catalogue.pitfalls[i],
				     json_string_value(need));
	}
	outline_release(&outline);
	catalogue_release(&catalogue);
}

static char *load(const char *text)
{
	char root[] = "/tmp/loose-outline-XXXXXX";
	struct outline outline;

	cr_assert(mkdtemp(root));
	char *chapters = mem_format("%s/chapters", root), *path = mem_format("%s/outline.json", chapters);
	cr_assert_eq(mkdir(chapters, 0755), 0);
	FILE *file = fopen(path, "w");
	cr_assert(file);
	fputs(text, file);
	fclose(file);
	char *wrong = outline_load(&outline, root);
	cr_expect_eq(wrong != NULL, outline.all == NULL);
	outline_release(&outline);
	unlink(path);
	rmdir(chapters);
	rmdir(root);
	free(path);
	free(chapters);
	return wrong;
}

Test(outline, says_what_is_wrong_with_it)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"[", "outline.json:1: "},
		{"{}", "is not a list"},
		{"[{\"pitfall\": \"a\"}]", "entry 1 needs"},
		{"[{\"pitfall\":\"a\",\"outcome\":\"b\",\"needs\":[],\"minutes\":0,\"difficulty\":1}]",
		 "entry 1 needs"},
		{"[{\"pitfall\":\"a\",\"outcome\":\"b\",\"needs\":[],\"minutes\":5,\"difficulty\":4}]",
		 "entry 1 needs"},
		{"[{\"pitfall\":\"a\",\"outcome\":\"b\",\"needs\":[1],\"minutes\":5,\"difficulty\":1}]",
		 "entry 1 needs"},
		{"[{\"pitfall\":\"a\",\"outcome\":\"b\",\"needs\":[],\"minutes\":5,\"difficulty\":3}]", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *wrong = load(cases[i].text);
		if (cases[i].words)
			cr_expect(wrong && strstr(wrong, cases[i].words), "%s: %s", cases[i].text,
				  wrong ? wrong : "nothing");
		else
			cr_expect_null(wrong, "%s", wrong);
		free(wrong);
	}
}
