#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"

/* What a file is that cannot be read as one; NULL for one that can. */
static const char *kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a directory";
	if (S_ISFIFO(mode))
		return "a named pipe";
	if (S_ISSOCK(mode))
		return "a socket";
	return S_ISREG(mode) ? NULL : "a device";
}

/* All bytes of the open file, with a '\0' after them; NULL with errno. Its size may change meanwhile, or not be told. */
static char *read_all(int file, off_t expected, size_t *length)
{
	size_t room = (size_t)expected + 4096;
	char *bytes = mem_resize(NULL, room, 1);

	for (*length = 0; *length <= FILE_MOST;) {
		if (room - *length < 2)
			bytes = mem_resize(bytes, room *= 2, 1);
		ssize_t got = read(file, bytes + *length, room - *length - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			bytes[*length] = '\0';
			if (got == 0)
				return bytes;
			int error = errno;
			free(bytes);
			errno = error;
			return NULL;
		}
		*length += (size_t)got;
	}
	free(bytes);
	errno = EFBIG;
	return NULL;
}

/* NULL with errno, or where that would not tell with *kind. */
static char *read_file(const char *path, size_t *length, const char **kind)
{
	struct stat there;
	char *bytes = NULL;
	/* Not to wait for a pipe's other end, nor to make a terminal ours, before it is known what this is. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*kind = NULL;
	if (file < 0)
		return NULL;
	if (fstat(file, &there) == 0) {
		*kind = kind_of(there.st_mode);
		errno = EFBIG;
		if (!*kind && there.st_size <= FILE_MOST)
			bytes = read_all(file, there.st_size, length);
	}
	int error = *kind ? EINVAL : errno;
	close(file);
	errno = error;
	return bytes;
}

char *file_read(const char *path)
{
	const char *kind;
	size_t length;
	char *bytes = read_file(path, &length, &kind);

	for (char *nul = bytes; nul && (nul = memchr(nul, '\0', length - (size_t)(nul - bytes)));)
		*nul = '?';
	return bytes;
}

static int lines_before(const char *bytes, size_t end)
{
	int count = 1;

	for (size_t i = 0; i < end; i++)
		count += bytes[i] == '\n';
	return count;
}

char *file_read_text(const char *path, char **problem)
{
	const char *kind;
	size_t length = 0;
	char *bytes = read_file(path, &length, &kind);
	const char *nul = bytes ? memchr(bytes, '\0', length) : NULL;

	*problem = NULL;
	if (kind)
		*problem = mem_format("it is %s; name a file", kind);
	else if (!bytes && errno == EFBIG)
		*problem = mem_format("it is larger than %d MiB; name a smaller one", FILE_MOST >> 20);
	else if (!bytes)
		*problem = mem_format("%s; name a file that you can read", strerror(errno));
	else if (nul)
		*problem = mem_format("line %d has a NUL byte, which would hide what follows; take it away",
				      lines_before(bytes, (size_t)(nul - bytes)));
	if (!*problem)
		return bytes;
	free(bytes);
	return NULL;
}

char **files_in(const char *root, const char *directory, const char *endings)
{
	char *pattern = mem_format("%s/%s/*.%s", root, directory, endings);
	glob_t found = {0};
	size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	char **files = mem_zeroed(count + 1, sizeof *files);

	for (size_t i = 0; i < count; i++)
		files[i] = mem_copy(found.gl_pathv[i] + strlen(root) + 1);
	globfree(&found);
	free(pattern);
	return files;
}

void files_free(char **files)
{
	for (char **file = files; *file; file++)
		free(*file);
	free(files);
}

int file_flushed(FILE *out)
{
	errno = 0;
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	/* An earlier write failed and the reason is gone; there is none more likely. */
	if (errno == 0)
		errno = ENOSPC;
	return -1;
}

int file_make_folders(const char *path)
{
	char *name = mem_copy(path);
	int failed = 0;

	for (char *slash = strchr(name + 1, '/'); slash && !failed; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		failed = mkdir(name, 0777) != 0 && errno != EEXIST ? -1 : 0;
		*slash = '/';
	}
	free(name);
	return failed;
}
