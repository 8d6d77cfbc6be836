/* openat() with O_NOFOLLOW at each step: between a look and the opening nothing can be exchanged for a link. */
#include "submissions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/mem.h"
#include "base/text.h"

enum { BLOCK = 64 << 10, MOST_PACKED = 64 << 20 };

/* --- who --- */

static const char *const endings[] = {".tar.gz", ".tgz", ".zip", NULL};

/* Of the ending of an archive's name; 0: it is none. */
static size_t ending_length(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; endings[i]; i++) {
		size_t ending = strlen(endings[i]);
		if (length > ending && strcasecmp(name + length - ending, endings[i]) == 0)
			return ending;
	}
	return 0;
}

static void add_entry(struct submissions *all, const char *directory, const char *name, bool archive)
{
	size_t length = strlen(name) - (archive ? ending_length(name) : 0);

	all->items = mem_resize(all->items, all->count + 1, sizeof *all->items);
	all->items[all->count++] =
		(struct submissions_entry){mem_copy_n(name, length), mem_format("%s/%s", directory, name), archive};
}

static void add_other(struct submissions *all, const char *directory, const char *name)
{
	all->others = mem_resize(all->others, all->other_count + 1, sizeof *all->others);
	all->others[all->other_count++] = mem_format("%s/%s", directory, name);
}

static void look_at(struct submissions *all, const char *directory, int at, const char *name)
{
	struct stat there;

	if (name[0] == '.' || fstatat(at, name, &there, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	/* A link is recognised when it is opened, and the person who handed it in is told. */
	if (S_ISDIR(there.st_mode) || (S_ISLNK(there.st_mode) && !ending_length(name)))
		add_entry(all, directory, name, false);
	else if (ending_length(name))
		add_entry(all, directory, name, true);
	else
		add_other(all, directory, name);
}

static int by_person(const void *left, const void *right)
{
	const struct submissions_entry *a = left, *b = right;
	int order = strcmp(a->person, b->person);

	return order ? order : strcmp(a->path, b->path);
}

static int by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* A line, for the caller to free; NULL: nobody is there twice. */
static char *complain_of_twins(const struct submissions *all)
{
	for (size_t i = 1; i < all->count; i++) {
		if (strcmp(all->items[i - 1].person, all->items[i].person) != 0)
			continue;
		char *one = text_escape(all->items[i - 1].path), *other = text_escape(all->items[i].path);
		char *line = mem_format("'%s' and '%s' are of the same person; keep one", one, other);
		free(one);
		free(other);
		return line;
	}
	return NULL;
}

/* A line, for the caller to free. */
static char *complain_of_nobody(const struct submissions *all, const char *directory)
{
	if (!all->other_count)
		return mem_format("'%s' has no folder, .zip or .tar.gz of anybody", directory);
	char *one = text_escape(all->others[0]);
	char *line = mem_format("'%s' has no folder, .zip or .tar.gz of anybody; '%s' is none", directory, one);
	free(one);
	return line;
}

int submissions_find(struct submissions *all, const char *directory, char **error)
{
	DIR *open = opendir(directory);

	*all = (struct submissions){0};
	*error = NULL;
	if (!open) {
		*error = mem_format("cannot read '%s': %s; name the folder with the submissions", directory,
				    strerror(errno));
		return -1;
	}
	for (struct dirent *entry; (entry = readdir(open));)
		look_at(all, directory, dirfd(open), entry->d_name);
	closedir(open);
	if (all->count)
		qsort(all->items, all->count, sizeof *all->items, by_person);
	if (all->other_count)
		qsort(all->others, all->other_count, sizeof *all->others, by_name);
	*error = all->count ? complain_of_twins(all) : complain_of_nobody(all, directory);
	if (*error)
		submissions_release(all);
	return *error ? -1 : 0;
}

void submissions_release(struct submissions *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->items[i].person);
		free(all->items[i].path);
	}
	for (size_t i = 0; i < all->other_count; i++)
		free(all->others[i]);
	free(all->items);
	free(all->others);
	*all = (struct submissions){0};
}

/* --- what --- */

__attribute__((format(printf, 2, 3))) static struct taken not_taken(enum taken_how how, const char *format, ...)
{
	char line[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	for (char *byte = line; *byte; byte++)
		if ((unsigned char)*byte < ' ' || *byte == 0x7f)
			*byte = '?';
	return (struct taken){how, NULL, mem_copy(line)};
}

static struct taken taken_text(char *bytes, size_t length, const char *name)
{
	/* What an editor saves as "Unicode" has a NUL in every other byte. */
	if (length >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
		free(bytes);
		return not_taken(TAKEN_UNREADABLE, "'%s' is written in UTF-16; save it in UTF-8", name);
	}
	if (memchr(bytes, '\0', length)) {
		free(bytes);
		return not_taken(TAKEN_TAMPERED, "'%s' has a NUL byte in it, which hides what follows", name);
	}
	bytes[length] = '\0';
	return (struct taken){TAKEN, bytes, NULL};
}

static struct taken too_large(const char *name)
{
	return not_taken(TAKEN_TAMPERED, "'%s' is larger than %d MiB", name, SUBMISSION_MOST_BYTES >> 20);
}

static struct taken read_descriptor(int file, const char *name)
{
	size_t length = 0, room = 0;
	char *bytes = NULL;
	ssize_t got;

	do {
		if (room - length < BLOCK)
			bytes = mem_resize(bytes, room = 2 * room + BLOCK + 1, 1);
		got = read(file, bytes + length, BLOCK);
		length += got > 0 ? (size_t)got : 0;
	} while ((got > 0 || (got < 0 && errno == EINTR)) && length <= SUBMISSION_MOST_BYTES);
	if (got == 0 && length <= SUBMISSION_MOST_BYTES)
		return taken_text(bytes, length, name);
	struct taken none =
		got < 0 ? not_taken(TAKEN_UNREADABLE, "cannot read '%s': %s", name, strerror(errno)) : too_large(name);
	free(bytes);
	return none;
}

static struct taken read_file(int file, const char *name)
{
	struct stat there;

	if (fstat(file, &there) != 0)
		return not_taken(TAKEN_UNREADABLE, "cannot read '%s': %s", name, strerror(errno));
	if (!S_ISREG(there.st_mode))
		return not_taken(TAKEN_TAMPERED, "'%s' is not a regular file", name);
	return read_descriptor(file, name);
}

static struct taken cannot_open(const char *name)
{
	switch (errno) {
	case ENOENT:
		return not_taken(TAKEN_NOTHING, "there is no '%s'", name);
	case ELOOP:
	case ENXIO:
		return not_taken(TAKEN_TAMPERED, "'%s' is not a regular file, or a folder of it is a link", name);
	case ENOTDIR:
		return not_taken(TAKEN_TAMPERED, "a folder of '%s' is none", name);
	default:
		return not_taken(TAKEN_UNREADABLE, "cannot open '%s': %s", name, strerror(errno));
	}
}

/* NONBLOCK: a named pipe would keep the harness for ever. */
static struct taken take_below(int folder, const char *name)
{
	const char *rest = name, *slash;

	while ((slash = strchr(rest, '/'))) {
		char *part = mem_copy_n(rest, (size_t)(slash - rest));
		int next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		int error = errno;
		free(part);
		close(folder);
		errno = error;
		if (next < 0)
			return cannot_open(name);
		folder = next;
		rest = slash + 1;
	}
	int file = openat(folder, rest, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct taken taken = file < 0 ? cannot_open(name) : read_file(file, name);
	if (file >= 0)
		close(file);
	close(folder);
	return taken;
}

static struct taken take_from_folder(const char *path, const char *name)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	/* A link to a folder is, with these flags, no folder. */
	if (folder < 0 && (errno == ENOTDIR || errno == ELOOP))
		return not_taken(TAKEN_TAMPERED, "the submission is a link");
	return folder < 0 ? cannot_open(name) : take_below(folder, name);
}

/* --- archives --- */

struct unpacking {
	struct archive *archive;
	const char *name; /* what is looked for */
	struct taken taken;
	bool found;
	size_t files, bytes;
};

/* Whether the name leads out of the folder that the archive would be unpacked to. */
static bool leads_out(const char *name)
{
	if (!name || name[0] == '/' || strchr(name, '\\'))
		return true;
	for (const char *part = name; part; part = (part = strchr(part, '/')) ? part + 1 : NULL)
		if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || !part[2]))
			return true;
	return false;
}

/* "./work/02-x/y/line.c" is "02-x/y/line.c" too. */
static const char *plain_name(const char *name)
{
	while (strncmp(name, "./", 2) == 0)
		name += 2;
	return strncmp(name, "work/", 5) == 0 ? name + 5 : name;
}

/* What is wrong with this entry; TAKEN when nothing is. */
static struct taken refuse_entry(struct unpacking *unpacking, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (leads_out(name))
		return not_taken(TAKEN_TAMPERED, "the archive has a name that leads outside: '%s'", name ? name : "?");
	if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return not_taken(TAKEN_TAMPERED, "the archive has a link: '%s'", name);
	if (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != AE_IFDIR)
		return not_taken(TAKEN_TAMPERED, "the archive has something that is neither file nor folder: '%s'",
				 name);
	if (++unpacking->files > SUBMISSION_MOST_FILES)
		return not_taken(TAKEN_UNREADABLE,
				 "the archive has more than %d entries; hand in the exercise's file alone",
				 SUBMISSION_MOST_FILES);
	return (struct taken){TAKEN, NULL, NULL};
}

static struct taken damaged(struct archive *archive)
{
	const char *why = archive_error_string(archive);

	return not_taken(TAKEN_UNREADABLE, "the archive cannot be read: %s", why ? why : "it is damaged");
}

/* Reads an entry to its end, for what it unpacks to counts, and keeps it when it is the one. */
static struct taken read_entry(struct unpacking *unpacking, struct archive_entry *entry)
{
	bool wanted = archive_entry_filetype(entry) == AE_IFREG &&
		      strcmp(plain_name(archive_entry_pathname(entry)), unpacking->name) == 0;
	char *bytes = mem_zeroed(wanted ? SUBMISSION_MOST_BYTES + BLOCK + 1 : BLOCK, 1);
	struct taken taken = {TAKEN, NULL, NULL};
	size_t length = 0;
	la_ssize_t got;

	while ((got = archive_read_data(unpacking->archive, bytes + (wanted ? length : 0), BLOCK)) > 0) {
		length += (size_t)got;
		unpacking->bytes += (size_t)got;
		if (unpacking->bytes > SUBMISSION_MOST_BYTES)
			break;
	}
	if (got < 0)
		taken = damaged(unpacking->archive);
	else if (unpacking->bytes > SUBMISSION_MOST_BYTES)
		taken = not_taken(TAKEN_TAMPERED, "the archive unpacks to more than %d MiB",
				  SUBMISSION_MOST_BYTES >> 20);
	else if (wanted && unpacking->found)
		taken = not_taken(TAKEN_TAMPERED, "the archive has '%s' twice", unpacking->name);
	else if (wanted) {
		unpacking->found = true;
		unpacking->taken = taken_text(bytes, length, unpacking->name);
		bytes = NULL;
	}
	free(bytes);
	return taken;
}

/* All of the archive is looked at, even when the file has been found: what else is in it tells who made it. */
static struct taken unpack(struct unpacking *unpacking)
{
	struct archive_entry *entry;
	int code;

	while ((code = archive_read_next_header(unpacking->archive, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN) {
		struct taken taken = refuse_entry(unpacking, entry);
		if (taken.how == TAKEN)
			taken = read_entry(unpacking, entry);
		if (taken.how != TAKEN) {
			taken_release(&unpacking->taken);
			return taken;
		}
	}
	if (code != ARCHIVE_EOF) {
		taken_release(&unpacking->taken);
		return damaged(unpacking->archive);
	}
	if (!unpacking->found)
		return not_taken(TAKEN_NOTHING, "there is no '%s' in the archive", unpacking->name);
	return unpacking->taken;
}

static struct taken take_from_archive(const char *path, const char *name)
{
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct unpacking unpacking = {.name = name};
	struct stat there;

	if (file < 0)
		return cannot_open("the archive");
	if (fstat(file, &there) != 0 || !S_ISREG(there.st_mode) || there.st_size > MOST_PACKED) {
		close(file);
		return not_taken(TAKEN_TAMPERED, "the archive is not a regular file of at most %d MiB",
				 MOST_PACKED >> 20);
	}
	if (!(unpacking.archive = archive_read_new()))
		mem_exhausted();
	archive_read_support_filter_gzip(unpacking.archive);
	archive_read_support_format_tar(unpacking.archive);
	archive_read_support_format_zip(unpacking.archive);
	struct taken taken = archive_read_open_fd(unpacking.archive, file, BLOCK) == ARCHIVE_OK
				     ? unpack(&unpacking)
				     : damaged(unpacking.archive);
	archive_read_free(unpacking.archive);
	close(file);
	return taken;
}

static struct taken take(const struct submissions_entry *entry, const char *name)
{
	return entry->archive ? take_from_archive(entry->path, name) : take_from_folder(entry->path, name);
}

struct taken submission_take(const struct submissions_entry *entry, const char *name, bool by_itself)
{
	const char *slash = strrchr(name, '/'), *bare = slash ? slash + 1 : name;
	struct taken taken = take(entry, name);

	if (taken.how != TAKEN_NOTHING || !by_itself)
		return taken;
	taken_release(&taken);
	taken = take(entry, bare);
	if (taken.how != TAKEN_NOTHING)
		return taken;
	taken_release(&taken);
	return not_taken(TAKEN_NOTHING, "there is no '%s'%s, nor '%s' by itself", name,
			 entry->archive ? " in the archive" : "", bare);
}

void taken_release(struct taken *taken)
{
	free(taken->text);
	free(taken->why);
	*taken = (struct taken){0};
}
