/* The Go listings of the texts: what is made of one for the compiler. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "docs/docs.h"

static const char listing_text[] = "# Go\n\n<!-- go 1.21\nimport \"sync\"\n//vet before 1.22: captured by\nfunc f() {\n"
				   "//listing\n}\n-->\n```go\nvar m sync.Mutex\n```\n\nAnd:\n";

/* A compiler's words about line 11 are about line 11 of the text. */
Test(go_listings, keep_their_lines)
{
	struct go_listings listings;
	char *error;

	cr_assert(docs_go_listings("README.md", listing_text, &listings, &error));
	cr_assert_eq(listings.count, 1);
	cr_expect_eq(listings.items[0].line, 11);
	cr_expect_eq(listings.items[0].minor, 21);
	cr_expect_eq(listings.items[0].vet_before, 22);
	cr_expect_str_eq(listings.items[0].vet, "captured by");
	cr_expect_str_eq(listings.items[0].source,
			 "package listing\nimport \"sync\"\n//vet before 1.22: captured by\nfunc f() {\n\n\n\n\n\n\n"
			 "var m sync.Mutex\n}\n");
	docs_go_listings_release(&listings);
}

static void listings_are_refused(const char *text, const char *words)
{
	struct go_listings listings;
	char *error;

	cr_assert_not(docs_go_listings("README.md", text, &listings, &error), "%s", text);
	cr_expect(strstr(error, words), "%s", error);
	docs_go_listings_release(&listings);
	free(error);
}

Test(go_listings, without_their_stubs_are_refused)
{
	listings_are_refused("\n```go\nvar x int\n```\n", "README.md:2: a Go listing needs its stubs");
	listings_are_refused("<!-- go\n-->\n\n```go\nvar x int\n```\n", "README.md:3: a listing must follow");
	listings_are_refused("<!-- go 2\n-->\n```go\nvar x int\n```\n", "README.md:1: write it as");
	listings_are_refused("<!-- go\n//vet after: x\n-->\n```go\nvar x int\n```\n", "README.md:1: write it as");
	listings_are_refused("<!-- go\nvar y int\n", "README.md:1: write it as");
}
