/* What .devcontainer/ installs is what the launcher would: neither list may change alone. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64 };

/* The lines that the command prints, in order; the caller frees each. */
static size_t lines_of(const char *command, char *lines[static MOST])
{
	char *line = NULL;
	size_t room = 0, count = 0;
	FILE *from = popen(command, "r");

	cr_assert(from);
	while (count < MOST && getline(&line, &room, from) > 0) {
		line[strcspn(line, "\n")] = '\0';
		cr_assert(lines[count++] = strdup(line));
	}
	free(line);
	cr_assert_eq(pclose(from), 0, "%s", command);
	cr_assert(count > 0 && count < MOST, "%s: %zu lines", command, count);
	return count;
}

/* The launcher chooses clang's runtime by the version of clang: Debian 12 has 14. */
Test(container, installs_what_the_launcher_needs)
{
	char *needed[MOST], *installed[MOST];
	size_t wants = lines_of("{ sed -n '/^needed=(/,/)$/p' loose | grep -oE '[a-z0-9.+-]+:' | tr -d :; "
				"echo libclang-rt-14-dev; } | LC_ALL=C sort",
				needed);
	size_t has = lines_of("sed -n '/apt-get install/,/&&/p' .devcontainer/Containerfile | "
			      "sed -nE 's/^\t([a-z0-9.+-]+) \\\\$/\\1/p' | LC_ALL=C sort",
			      installed);

	for (size_t i = 0; i < wants && i < has; i++)
		cr_expect_str_eq(installed[i], needed[i], "the container has '%s' where loose needs '%s'", installed[i],
				 needed[i]);
	cr_expect_eq(has, wants, "the container installs %zu packages, loose needs %zu", has, wants);
	for (size_t i = 0; i < wants; i++)
		free(needed[i]);
	for (size_t i = 0; i < has; i++)
		free(installed[i]);
}

/* The README's `docker run` and the editors' container are the same machine. */
Test(container, is_described_for_editors)
{
	json_t *container = json_load_file(".devcontainer/devcontainer.json", 0, NULL);
	const char *file = json_string_value(json_object_get(json_object_get(container, "build"), "dockerfile"));

	cr_assert(container, "devcontainer.json is not JSON");
	cr_expect_str_eq(file ? file : "none", "Containerfile");
	json_decref(container);
}
