/* make listings: the Go listings of all texts, where Go is installed. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

/* One after the other, for the files of both are made in one folder: with those that are wrong, the test could not but pass. */
Test(listings, are_compiled_and_vetted, .timeout = 900)
{
	static const char wrong[] =
		"cd build && printf '<!-- go\\nfunc f() int { return 1 }\\n-->\\n```go\\nvar x string = f()\\n```\\n"
		"<!-- go\\nimport \"sync\"\\n-->\\n```go\\nfunc copied(m sync.Mutex) {}\\n```\\n' >wrong-listings.md && cd .. && "
		"build/listings build/wrong-listings.md";
	char line[TOOL_LINE], copy[TOOL_LINE];
	int status = tool_last_line("build/listings", line);

	if (status == 3 && strstr(line, "there is no Go here"))
		cr_skip_test("there is no Go here: the Go listings of the texts are not compiled");
	strcpy(copy, line);
	cr_expect_eq(status, 0, "%s", line);
	cr_expect(strstr(line, " left out: 0 wrong\n"), "%s", line);
	cr_expect_eq(tool_last_line(wrong, line), 1, "%s", line);
	/* The first does not compile, the second copies a lock. */
	cr_expect(strstr(line, " left out: 2 wrong\n"), "%s; before: %s", line, copy);
}
