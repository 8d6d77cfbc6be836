/* What people hand in: which file of it counts, and what is refused, of folders and of archives. */
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "../scratch_root.h"
#include "grading/submissions.h"

#define FILE_NAME "02-ownership/implicit-contract/line.c"
#define FOLDER "02-ownership/implicit-contract"

static struct submissions all;
static bool by_itself; /* whether the file may lie at the top */

static void find(void)
{
	char *error;

	cr_assert_eq(submissions_find(&all, root, &error), 0, "%s", error);
}

/* What is taken of the only person. */
static void expect(enum taken_how how, const char *words)
{
	find();
	cr_assert_eq(all.count, 1);
	struct taken taken = submission_take(&all.items[0], FILE_NAME, by_itself);
	const char *said = taken.how == TAKEN ? taken.text : taken.why;
	cr_assert_eq(taken.how, how, "%d: %s", taken.how, said);
	cr_assert(strstr(said, words), "'%s' does not have '%s'", said, words);
	taken_release(&taken);
	submissions_release(&all);
}

static void folder_of_ann(void)
{
	root_make();
	root_run("mkdir -p ann/" FOLDER);
}

Test(submissions, takes_the_exercises_file, .init = folder_of_ann, .fini = root_remove)
{
	root_write("ann/" FILE_NAME, "int right;\n");
	root_write("ann/" FOLDER "/test.c", "int theirs;\n");
	expect(TAKEN, "int right;");
}

Test(submissions, says_what_is_not_there, .init = folder_of_ann, .fini = root_remove)
{
	expect(TAKEN_NOTHING, "there is no '" FILE_NAME "'");
}

/* Where people are asked for one file they hand in one file. */
Test(submissions, takes_a_file_by_itself, .init = root_make, .fini = root_remove)
{
	root_run("mkdir ann");
	root_write("ann/line.c", "int alone;\n");
	expect(TAKEN_NOTHING, "there is no '" FILE_NAME "'");
	by_itself = true;
	expect(TAKEN, "int alone;");
	root_run("tar -czf bob.tar.gz -C ann line.c && rm -r ann");
	expect(TAKEN, "int alone;");
	root_run("mkdir -p .bob/" FOLDER " && echo 'int laid_out;' >.bob/" FILE_NAME
		 " && echo 'int alone;' >.bob/line.c && tar -czf bob.tar.gz -C .bob .");
	expect(TAKEN, "int laid_out;");
	root_run("rm .bob/line.c .bob/" FILE_NAME " && tar -czf bob.tar.gz -C .bob .");
	expect(TAKEN_NOTHING, "there is no '" FILE_NAME "' in the archive, nor 'line.c' by itself");
	root_run("rm bob.tar.gz && mkdir bob && ln -s /etc/passwd bob/line.c");
	expect(TAKEN_TAMPERED, "'line.c' is not a regular file");
}

Test(submissions, follows_no_link, .init = folder_of_ann, .fini = root_remove)
{
	root_write("secret", "int secret;\n");
	root_run("ln -s ../../../secret ann/" FILE_NAME);
	expect(TAKEN_TAMPERED, "is a link");
	root_run("mv ann/02-ownership elsewhere.d && mkdir .elsewhere && mv elsewhere.d .elsewhere/02-ownership && "
		 "rm .elsewhere/" FILE_NAME " && cp secret .elsewhere/" FILE_NAME
		 " && ln -s ../.elsewhere/02-ownership ann/02-ownership");
	expect(TAKEN_TAMPERED, "");
	root_run("rm -r ann && ln -s .elsewhere ann");
	expect(TAKEN_TAMPERED, "link");
}

Test(submissions, waits_for_no_pipe, .init = folder_of_ann, .fini = root_remove, .timeout = 20)
{
	root_run("mkfifo ann/" FILE_NAME);
	expect(TAKEN_TAMPERED, "not a regular file");
}

Test(submissions, takes_no_file_that_is_too_large_or_hides_something, .init = folder_of_ann, .fini = root_remove)
{
	root_run("head -c 4194305 /dev/zero | tr '\\0' ' ' >ann/" FILE_NAME);
	expect(TAKEN_TAMPERED, "larger than 4 MiB");
	root_run("printf 'int a;\\0int b;' >ann/" FILE_NAME);
	expect(TAKEN_TAMPERED, "NUL byte");
	root_run("truncate -s 1T ann/" FILE_NAME);
	expect(TAKEN_TAMPERED, "larger than 4 MiB");
}

/* Some editors call it Unicode. Nobody means to hide anything. */
Test(submissions, says_how_to_save_what_is_in_another_encoding, .init = folder_of_ann, .fini = root_remove)
{
	root_run("printf '\\377\\376i\\0' >ann/" FILE_NAME);
	expect(TAKEN_UNREADABLE, "is written in UTF-16; save it in UTF-8");
}

Test(submissions, names_each_person_once, .init = root_make, .fini = root_remove)
{
	char *error;

	root_run("mkdir bob ann .git && touch carl.zip dora.tar.gz notes.txt");
	find();
	cr_assert_eq(all.count, 4);
	cr_assert_str_eq(all.items[0].person, "ann");
	cr_assert_str_eq(all.items[3].person, "dora");
	cr_assert_eq(all.other_count, 1);
	cr_assert(strstr(all.others[0], "/notes.txt"), "%s", all.others[0]);
	submissions_release(&all);
	root_run("touch ann.zip");
	cr_assert_eq(submissions_find(&all, root, &error), -1);
	cr_assert(strstr(error, "of the same person"), "%s", error);
	free(error);
	root_run("rm -r bob ann* carl* dora*");
	cr_assert_eq(submissions_find(&all, root, &error), -1);
	cr_assert(strstr(error, "notes.txt' is none"), "%s", error);
	free(error);
}

/* Somebody may have meant to hand it in. Nothing of it is opened. */
Test(submissions, names_what_is_nobodys, .init = folder_of_ann, .fini = root_remove, .timeout = 20)
{
	static const char *const names[] = {"/bob.rar", "/bob.tar", "/pipe", "/socket"};

	char socket[PATH_MAX + 8];

	root_run("touch bob.rar bob.tar .DS_Store && mkfifo pipe");
	snprintf(socket, sizeof socket, "%s/socket", root);
	cr_assert_eq(mknod(socket, S_IFSOCK | 0600, 0), 0);
	find();
	cr_assert_eq(all.count, 1);
	cr_assert_eq(all.other_count, sizeof names / sizeof *names);
	for (size_t i = 0; i < all.other_count; i++)
		cr_expect(strstr(all.others[i], names[i]), "%s", all.others[i]);
	submissions_release(&all);
}

Test(submissions, knows_an_archive_by_an_ending_in_upper_case, .init = root_make, .fini = root_remove)
{
	root_run("touch Ann.ZIP Bob.Tar.GZ");
	find();
	cr_assert_eq(all.count, 2);
	cr_expect(all.items[0].archive && all.items[1].archive);
	cr_expect_str_eq(all.items[0].person, "Ann");
	cr_expect_str_eq(all.items[1].person, "Bob");
	submissions_release(&all);
}

/* It would be a second line, and colour a terminal. */
Test(submissions, tells_a_name_in_one_line, .init = root_make, .fini = root_remove)
{
	char *error;

	root_run("mkdir \"$(printf 'a\\nb\\033')\" && touch \"$(printf 'a\\nb\\033').zip\"");
	cr_assert_eq(submissions_find(&all, root, &error), -1);
	cr_expect(strstr(error, "/a\\nb\\033' and '"), "%s", error);
	cr_expect_not(strpbrk(error, "\n\033"), "%s", error);
	free(error);
}

/* --- archives --- */

static struct archive *packing;

static void pack_begin(bool zip)
{
	char path[PATH_MAX + 16];

	root_make();
	snprintf(path, sizeof path, "%s/ann.%s", root, zip ? "zip" : "tar.gz");
	packing = archive_write_new();
	if (zip) {
		archive_write_set_format_zip(packing);
	} else {
		archive_write_set_format_pax_restricted(packing);
		archive_write_add_filter_gzip(packing);
	}
	cr_assert_eq(archive_write_open_filename(packing, path), ARCHIVE_OK);
}

static void pack_tar(void)
{
	pack_begin(false);
}

static void pack_zip(void)
{
	pack_begin(true);
}

static void pack(const char *name, unsigned type, const char *bytes, size_t length)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)length);
	if (type == AE_IFLNK)
		archive_entry_set_symlink(entry, bytes);
	cr_assert_eq(archive_write_header(packing, entry), ARCHIVE_OK, "%s", archive_error_string(packing));
	if (length)
		cr_assert_eq(archive_write_data(packing, bytes, length), (la_ssize_t)length);
	archive_entry_free(entry);
}

static void pack_file(const char *name, const char *text)
{
	pack(name, AE_IFREG, text, strlen(text));
}

static void expect_packed(enum taken_how how, const char *words)
{
	archive_write_close(packing);
	archive_write_free(packing);
	expect(how, words);
}

Test(archives, have_the_file_in_a_tar, .init = pack_tar, .fini = root_remove)
{
	pack("./work/", AE_IFDIR, NULL, 0);
	pack_file("./work/" FILE_NAME, "int right;\n");
	pack_file("notes.txt", "for you\n");
	expect_packed(TAKEN, "int right;");
}

Test(archives, have_the_file_in_a_zip, .init = pack_zip, .fini = root_remove)
{
	pack_file(FILE_NAME, "int right;\n");
	expect_packed(TAKEN, "int right;");
}

Test(archives, say_what_is_not_there, .init = pack_zip, .fini = root_remove)
{
	pack_file("line.c", "int right;\n");
	expect_packed(TAKEN_NOTHING, "there is no '" FILE_NAME "' in the archive");
}

Test(archives, may_not_lead_outside, .init = pack_tar, .fini = root_remove)
{
	pack_file(FILE_NAME, "int right;\n");
	pack_file("a/../../../etc/passwd", "root\n");
	expect_packed(TAKEN_TAMPERED, "leads outside");
}

Test(archives, may_have_no_absolute_name, .init = pack_zip, .fini = root_remove)
{
	pack_file(FILE_NAME, "int right;\n");
	pack_file("/etc/passwd", "root\n");
	expect_packed(TAKEN_TAMPERED, "leads outside");
}

Test(archives, may_have_no_link, .init = pack_tar, .fini = root_remove)
{
	pack(FILE_NAME, AE_IFLNK, "/etc/passwd", 0);
	expect_packed(TAKEN_TAMPERED, "has a link");
}

Test(archives, may_have_no_device, .init = pack_tar, .fini = root_remove)
{
	pack_file(FILE_NAME, "int right;\n");
	pack("zero", AE_IFCHR, NULL, 0);
	expect_packed(TAKEN_TAMPERED, "neither file nor folder");
}

Test(archives, may_not_unpack_to_too_much, .init = pack_zip, .fini = root_remove)
{
	char *bomb = mem_zeroed(SUBMISSION_MOST_BYTES + 1, 1);

	pack_file(FILE_NAME, "int right;\n");
	pack("bomb", AE_IFREG, bomb, SUBMISSION_MOST_BYTES + 1);
	free(bomb);
	expect_packed(TAKEN_TAMPERED, "unpacks to more than 4 MiB");
}

Test(archives, may_not_have_too_many_files, .init = pack_tar, .fini = root_remove)
{
	char name[32];

	pack_file(FILE_NAME, "int right;\n");
	for (int i = 0; i < SUBMISSION_MOST_FILES; i++) {
		snprintf(name, sizeof name, "%d", i);
		pack_file(name, "x");
	}
	expect_packed(TAKEN_UNREADABLE, "more than 100 entries");
}

Test(archives, may_not_have_the_file_twice, .init = pack_tar, .fini = root_remove)
{
	pack_file(FILE_NAME, "int right;\n");
	pack_file("./" FILE_NAME, "int wrong;\n");
	expect_packed(TAKEN_TAMPERED, "twice");
}

Test(archives, that_are_damaged_are_not_read, .init = root_make, .fini = root_remove)
{
	root_write("ann.tar.gz", "this is none");
	expect(TAKEN_UNREADABLE, "cannot be read");
}

Test(archives, that_are_cut_short_give_nothing, .init = pack_tar, .fini = root_remove)
{
	char *large = mem_zeroed(1 << 20, 1);
	unsigned seed = 1;

	pack_file(FILE_NAME, "int right;\n");
	for (int i = 0; i < 1 << 20; i++)
		large[i] = (char)((seed = seed * 1103515245 + 12345) >> 16);
	pack("large", AE_IFREG, large, 1 << 20);
	free(large);
	archive_write_close(packing);
	archive_write_free(packing);
	root_run("head -c 20000 ann.tar.gz >half && mv half ann.tar.gz");
	expect(TAKEN_UNREADABLE, "cannot be read");
}
