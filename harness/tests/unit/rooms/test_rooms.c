/*
 * The rooms of the harness: each says in its README which others it may
 * include ("May include: base, wire."), and no include goes against that. The
 * permissions themselves have no circle, so neither have the rooms.
 */
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/files.h"
#include "base/mem.h"

enum { MOST_ROOMS = 32 };

static const char permission[] = "\nMay include: ";

struct rooms {
	char *names[MOST_ROOMS];
	char *permitted[MOST_ROOMS]; /* "base, wire" */
	size_t count;
};

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Whether `name` is one of the words of "base, wire". */
static bool lists(const char *words, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = words; *at;) {
		size_t word = strcspn(at, ", ");
		if (word == length && strncmp(at, name, length) == 0)
			return true;
		at += word + strspn(at + word, ", ");
	}
	return false;
}

/* From the permission of a README, without its full stop; NULL when it has none. */
static char *permission_in(const char *readme)
{
	const char *line = strstr(readme, permission);

	if (!line)
		return NULL;
	line += sizeof permission - 1;
	return mem_copy_n(line, strcspn(line, ".\n"));
}

static void rooms_read(struct rooms *rooms)
{
	glob_t found = {0};

	*rooms = (struct rooms){0};
	cr_assert_eq(glob("harness/*/README.md", 0, NULL, &found), 0, "there are no rooms");
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = found.gl_pathv[i] + strlen("harness/");
		char *readme = file_read(found.gl_pathv[i]);
		cr_assert(rooms->count < MOST_ROOMS);
		rooms->names[rooms->count] = mem_copy_n(name, strcspn(name, "/"));
		rooms->permitted[rooms->count] = permission_in(readme);
		cr_assert_not_null(rooms->permitted[rooms->count], "%s has no line 'May include: ...'",
				   found.gl_pathv[i]);
		rooms->count++;
		free(readme);
	}
	globfree(&found);
}

static void rooms_release(struct rooms *rooms)
{
	for (size_t i = 0; i < rooms->count; i++) {
		free(rooms->names[i]);
		free(rooms->permitted[i]);
	}
}

static const char *permitted_to(const struct rooms *rooms, const char *name, size_t length)
{
	for (size_t i = 0; i < rooms->count; i++)
		if (strlen(rooms->names[i]) == length && strncmp(rooms->names[i], name, length) == 0)
			return rooms->permitted[i];
	return NULL;
}

/* Checks the includes of one file; prints those that go against its room's README and returns how many there are. */
static size_t offences_of(const struct rooms *rooms, const char *path)
{
	const char *within = path + strlen("harness/");
	size_t length = strcspn(within, "/"), offences = 0;
	const char *permitted = permitted_to(rooms, within, length);
	char *text = file_read(path), *rest = NULL;

	cr_assert_not_null(permitted, "%s lies in a folder without a README.md", path);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char room[64];
		if (sscanf(line, "#include \"%63[^/\"]/", room) != 1 || !strchr(line, '/'))
			continue;
		bool own = strlen(room) == length && strncmp(room, within, length) == 0;
		if (own || lists(permitted, room))
			continue;
		printf("%s: %s: %.*s may include: %s\n", path, line, (int)length, within, permitted);
		offences++;
	}
	free(text);
	return offences;
}

static size_t offences_in(const struct rooms *rooms, const char *pattern)
{
	glob_t found = {0};
	size_t offences = 0;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (!starts_with(found.gl_pathv[i], "harness/tests/"))
				offences += offences_of(rooms, found.gl_pathv[i]);
	globfree(&found);
	return offences;
}

Test(rooms, no_include_goes_against_its_room)
{
	struct rooms rooms;

	rooms_read(&rooms);
	cr_expect_eq(offences_in(&rooms, "harness/*/*.[ch]") + offences_in(&rooms, "harness/*/*/*.[ch]"), 0);
	rooms_release(&rooms);
}

/* Follows the permissions from a room; true when they lead back to it. */
static bool leads_to(const struct rooms *rooms, const char *from, const char *goal, size_t depth)
{
	const char *permitted = permitted_to(rooms, from, strlen(from));

	if (!permitted || depth > rooms->count)
		return false;
	if (lists(permitted, goal))
		return true;
	for (size_t i = 0; i < rooms->count; i++)
		if (lists(permitted, rooms->names[i]) && leads_to(rooms, rooms->names[i], goal, depth + 1))
			return true;
	return false;
}

Test(rooms, have_no_circle)
{
	struct rooms rooms;

	rooms_read(&rooms);
	for (size_t i = 0; i < rooms.count; i++)
		cr_expect_not(leads_to(&rooms, rooms.names[i], rooms.names[i], 0), "%s may include what includes it",
			      rooms.names[i]);
	rooms_release(&rooms);
}

Test(rooms, permit_what_is_there)
{
	struct rooms rooms;

	rooms_read(&rooms);
	for (size_t i = 0; i < rooms.count; i++)
		for (const char *at = rooms.permitted[i]; *at;) {
			size_t word = strcspn(at, ", ");
			bool outside = starts_with(at, "nothing") || starts_with(at, "kit");
			cr_expect(outside || permitted_to(&rooms, at, word), "%s permits %.*s, which is no room",
				  rooms.names[i], (int)word, at);
			at += word + strspn(at + word, ", ");
		}
	rooms_release(&rooms);
}

Test(rooms, are_told_apart_by_whole_names)
{
	cr_expect(lists("base, wire", "wire"));
	cr_expect(lists("base", "base"));
	cr_expect_not(lists("base, wireless", "wire"));
	cr_expect_not(lists("nothing", "base"));
}
