/*
 * Attempts to pass without an answer: each program of tests/submissions/programs
 * is handed in, and must end as its first comment declares. The exercise is as small
 * as one can be, so that those that are run cost little. WHICH in the environment
 * names those that are wanted, with a blank between two.
 */
#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

#define CORPUS "harness/tests/submissions"
#define EXERCISE "exercises/" PITFALL
#define FILE_NAME PITFALL "/line.c"

static struct scratch scratch;

static void make(void)
{
	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
	scratch_make(&scratch);
	scratch_shell(&scratch, "cp " CORPUS "/fixture/line.h " CORPUS "/fixture/test.c " EXERCISE " && rm -f " EXERCISE
				"/rubric && mkdir class");
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(corpus, .init = make, .fini = unmake, .timeout = 900);

/*
 * What a program declares: "Outcome: tampered", and whose body follows its own lines: "Body: racy". One of two outcomes,
 * "failed/cannot-judge", only where the comment says why it is not one in every place.
 */
static void declared(const char *text, const char *key, char word[32])
{
	const char *at = strstr(text, key);

	cr_assert(at && sscanf(at + strlen(key), ": %31s", word) == 1, "no '%s' in: %.200s", key, text);
}

/* Hands the program in; its name is the person's. */
static void hand_in(const char *name, char outcome[32])
{
	char path[512], body[32];

	snprintf(path, sizeof path, CORPUS "/programs/%s.c", name);
	char *text = scratch_read(&scratch, path);
	declared(text, "Outcome", outcome);
	declared(text, "Body", body);
	scratch_shell(&scratch, "mkdir -p class/%s/" PITFALL, name);
	if (strcmp(body, "none") == 0)
		scratch_shell(&scratch, "cp %s class/%s/" FILE_NAME, path, name);
	else
		scratch_shell(&scratch, "cat %s " CORPUS "/bodies/%s.txt >class/%s/" FILE_NAME, path, body, name);
	free(text);
}

static void expect_outcome(const char *grades, const char *person, const char *outcome)
{
	char line[512];
	const char *at;

	snprintf(line, sizeof line, "\"%s\",\"" PITFALL "\",", person);
	at = strstr(grades, line);
	cr_assert(at, "%s is not in grades.csv", person);
	at += strlen(line);
	size_t length = strcspn(at, ",");
	bool found = false;
	for (const char *one = outcome; *one && !found; one += strcspn(one, "/"), one += *one == '/')
		found = strcspn(one, "/") == length && strncmp(at, one, length) == 0;
	cr_expect(found, "%s is not %s: %.200s", person, outcome, at);
}

static char *grade(int repeat)
{
	char arguments[1024];

	snprintf(arguments, sizeof arguments,
		 "grade implicit --submissions '%s/class' --out '%s/grades' --repeat %d --timeout 45", scratch.root,
		 scratch.root, repeat);
	struct outcome outcome = scratch_loose(&scratch, arguments);
	cr_assert(strstr(outcome.out, "grades:"), "%d: %s%s", outcome.status, outcome.out, outcome.err);
	outcome_release(&outcome);
	return scratch_read(&scratch, "grades/grades.csv");
}

/* No process, no mount, and no file but the grades, what is built, and what the judges wrote of this command. */
static void expect_nothing_left(void)
{
	cr_expect_not(scratch_left_behind(&scratch));
	scratch_shell(&scratch, "! grep -F \"$PWD\" /proc/self/mountinfo");
	scratch_shell(&scratch, "! test -e build/submissions && test -z \"$(ls -A build/run 2>/dev/null)\"");
	scratch_shell(&scratch,
		      "find . -path ./build -prune -o -path ./grades -prune -o -type f -print | sort >../after.$$ && "
		      "sed -i -e '/^.\\/out$/d' -e '/^.\\/err$/d' ../after.$$ && diff before ../after.$$; "
		      "status=$?; rm -f ../after.$$; exit $status");
}

static void note_files(void)
{
	scratch_shell(&scratch, "find . -path ./build -prune -o -type f -print | sort >../before.$$; "
				"{ echo ./before; cat ../before.$$; } | sort >before; rm ../before.$$; "
				"sed -i -e '/^.\\/out$/d' -e '/^.\\/err$/d' before");
}

struct corpus {
	char names[256][64], outcomes[256][32];
	size_t count;
};

static struct corpus corpus;

/* Of the names in WHICH, with a blank between two; all, when there is none. */
static bool is_asked_for(const char *name)
{
	const char *which = getenv("WHICH");
	size_t length = strlen(name);

	if (!which || !*which)
		return true;
	for (const char *at = which; (at = strstr(at, name)); at += length)
		if ((at == which || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' '))
			return true;
	return false;
}

static void hand_all_in(void)
{
	DIR *all = opendir(CORPUS "/programs");

	cr_assert(all);
	for (struct dirent *entry; (entry = readdir(all));) {
		size_t length = strlen(entry->d_name);
		if (length < 3 || length > 60 || strcmp(entry->d_name + length - 2, ".c") != 0)
			continue;
		cr_assert_lt(corpus.count, sizeof corpus.names / sizeof *corpus.names);
		memcpy(corpus.names[corpus.count], entry->d_name, length - 2);
		corpus.names[corpus.count][length - 2] = '\0';
		if (!is_asked_for(corpus.names[corpus.count]))
			continue;
		hand_in(corpus.names[corpus.count], corpus.outcomes[corpus.count]);
		corpus.count++;
	}
	closedir(all);
}

Test(corpus, ends_as_each_program_declares)
{
	size_t tricks = 0;

	hand_all_in();
	note_files();
	char *grades = grade(1);
	for (size_t i = 0; i < corpus.count; i++) {
		expect_outcome(grades, corpus.names[i], corpus.outcomes[i]);
		tricks += strncmp(corpus.names[i], "right_", 6) != 0 && strncmp(corpus.names[i], "wrong_", 6) != 0;
	}
	cr_expect(getenv("WHICH") || tricks >= 80, "%zu", tricks);
	expect_nothing_left();
	free(grades);
}

/* The seed of a detector's delays in a record; 0: none. */
static long long seed_of(const char *record, const char *detector)
{
	char words[64];
	long long seed = 0;

	snprintf(words, sizeof words, "\"detector\": \"%s\"", detector);
	const char *at = strstr(record, words);
	cr_assert(at && (at = strstr(at, "\"delays\": ")), "%s: %s", detector, record);
	sscanf(at, "\"delays\": %lld", &seed);
	return seed;
}

/* Detectors of races run again, with delays that can be had again. */
Test(corpus, records_the_seed_of_delays)
{
	char outcome[32];
	long long seeds[2];

	hand_in("right_one_lock", outcome);
	for (int i = 0; i < 2; i++) {
		free(grade(2));
		char *record =
			scratch_read(&scratch, "grades/submissions/right_one_lock/02-ownership.implicit-contract.json");
		seeds[i] = seed_of(record, "tsan");
		cr_expect_gt(seeds[i], 0);
		cr_expect_eq(seed_of(record, "helgrind"), seeds[i]);
		cr_expect_eq(seed_of(record, "memcheck"), 0);
		free(record);
		scratch_shell(&scratch, "rm -r grades");
	}
	cr_expect_eq(seeds[0], seeds[1]);
}

/* --- archives --- */

struct packed {
	const char *name, *text, *link;
	unsigned kind; /* AE_IFREG and the like */
	size_t zeroes; /* in place of the text */
};

static void pack_entry(struct archive *archive, const struct packed *packed)
{
	static const char zeroes[1 << 16];
	struct archive_entry *entry = archive_entry_new();
	size_t length = packed->zeroes ? packed->zeroes : packed->text ? strlen(packed->text) : 0;

	archive_entry_set_pathname(entry, packed->name);
	archive_entry_set_filetype(entry, packed->kind);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)length);
	if (packed->link && packed->kind == AE_IFREG)
		archive_entry_set_hardlink(entry, packed->link);
	else if (packed->link)
		archive_entry_set_symlink(entry, packed->link);
	cr_assert_eq(archive_write_header(archive, entry), ARCHIVE_OK, "%s", archive_error_string(archive));
	for (size_t done = 0; done < packed->zeroes; done += sizeof zeroes)
		archive_write_data(archive, zeroes, sizeof zeroes);
	if (!packed->zeroes && length)
		archive_write_data(archive, packed->text, length);
	archive_entry_free(entry);
}

/* "tricky.zip" or "tricky.tar.gz" in the class. */
static void pack(const char *name, const struct packed *items, size_t count)
{
	char path[512];
	struct archive *archive = archive_write_new();

	snprintf(path, sizeof path, "%s/class/%s", scratch.root, name);
	if (strstr(name, ".zip")) {
		archive_write_set_format_zip(archive);
	} else {
		archive_write_add_filter_gzip(archive);
		archive_write_set_format_pax_restricted(archive);
	}
	cr_assert_eq(archive_write_open_filename(archive, path), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++)
		pack_entry(archive, &items[i]);
	cr_assert_eq(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
}

static const char wrong[] = "#include \"line.h\"\nint oops(\n";

static const struct {
	const char *name, *outcome;
	struct packed items[2];
} archives[] = {
	{"plain.zip", "failed", {{.name = FILE_NAME, .text = wrong, .kind = AE_IFREG}}},
	{"plain-tar.tar.gz", "failed", {{.name = "work/" FILE_NAME, .text = wrong, .kind = AE_IFREG}}},
	{"above.tar.gz", "tampered", {{.name = "../../../grades/grades.csv", .text = "x", .kind = AE_IFREG}}},
	{"above-in-the-middle.zip", "tampered", {{.name = "02-ownership/../../x", .text = "x", .kind = AE_IFREG}}},
	{"absolute.tar.gz", "tampered", {{.name = "/tmp/x", .text = "x", .kind = AE_IFREG}}},
	{"backslashes.zip", "tampered", {{.name = "..\\..\\x", .text = "x", .kind = AE_IFREG}}},
	{"link.tar.gz", "tampered", {{.name = FILE_NAME, .link = "/etc/passwd", .kind = AE_IFLNK}}},
	{"link-in-a-zip.zip", "tampered", {{.name = FILE_NAME, .link = "/etc/passwd", .kind = AE_IFLNK}}},
	{"linked-folder.tar.gz",
	 "tampered",
	 {{.name = "02-ownership", .link = "/tmp", .kind = AE_IFLNK},
	  {.name = FILE_NAME, .text = wrong, .kind = AE_IFREG}}},
	{"hard-link.tar.gz",
	 "tampered",
	 {{.name = "a", .text = "x", .kind = AE_IFREG}, {.name = FILE_NAME, .link = "a", .kind = AE_IFREG}}},
	{"pipe.tar.gz", "tampered", {{.name = FILE_NAME, .kind = AE_IFIFO}}},
	{"device.tar.gz", "tampered", {{.name = FILE_NAME, .kind = AE_IFCHR}}},
	{"bomb.zip", "tampered", {{.name = FILE_NAME, .kind = AE_IFREG, .zeroes = 256 << 20}}},
	{"bomb.tar.gz.tgz", "tampered", {{.name = "unrelated", .kind = AE_IFREG, .zeroes = 256 << 20}}},
	{"twice.tar.gz",
	 "tampered",
	 {{.name = FILE_NAME, .text = wrong, .kind = AE_IFREG}, {.name = FILE_NAME, .text = wrong, .kind = AE_IFREG}}},
	{"elsewhere.zip", "failed", {{.name = "line.c", .text = wrong, .kind = AE_IFREG}}},
};

static void person_of(const char *name, char person[64])
{
	snprintf(person, 64, "%s", name);
	for (const char *const *ending = (const char *const[]){".tar.gz", ".zip", ".tgz", NULL}; *ending; ending++) {
		size_t length = strlen(person), own = strlen(*ending);
		if (length > own && strcmp(person + length - own, *ending) == 0) {
			person[length - own] = '\0';
			return;
		}
	}
}

/* Nothing of them is written to a disk; the empty archive, the cut one and the one that is none are of a machine's making. */
Test(corpus, unpacks_no_trick)
{
	char person[64];

	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
		pack(archives[i].name, archives[i].items, archives[i].items[1].name ? 2 : 1);
	scratch_shell(&scratch,
		      "head -c 60 class/plain-tar.tar.gz >class/cut.tar.gz; : >class/empty.zip; "
		      "seq 999 >class/none.zip; ln -s /etc/passwd class/linked.zip; mkfifo class/piped.tar.gz; "
		      "mkdir -p class/folder/02-ownership class/pipe-in-folder/" PITFALL
		      " && ln -s /etc class/folder/" PITFALL " && mkfifo class/pipe-in-folder/" FILE_NAME);
	note_files();
	char *grades = grade(1);
	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++) {
		person_of(archives[i].name, person);
		expect_outcome(grades, person, archives[i].outcome);
	}
	static const char *const damaged[] = {"cut", "empty", "none"}, *const others[] = {"linked", "piped", "folder",
											  "pipe-in-folder"};
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
		expect_outcome(grades, damaged[i], "cannot-judge");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		expect_outcome(grades, others[i], "tampered");
	expect_nothing_left();
	free(grades);
}
