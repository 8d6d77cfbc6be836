/* renameat2() is Linux's: this is the one file that uses it. */
#define _GNU_SOURCE
#include "put.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

/* That a name is there is a matter of its directory, which has to reach the disk too. Some file systems cannot be asked. */
static void settle_directory(const char *path)
{
	char *name = mem_copy_n(path, (size_t)(strrchr(path, '/') - path));
	int directory = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (directory >= 0) {
		fsync(directory);
		close(directory);
	}
	free(name);
}

/* "x.c.123.new", of processes that are gone. */
static void sweep(const char *path)
{
	char *pattern = mem_format("%s.*.new", path);
	size_t length = strlen(path);
	glob_t found = {0};

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			long pid = strtol(found.gl_pathv[i] + length + 1, NULL, 10);
			if (pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
				unlink(found.gl_pathv[i]);
		}
	globfree(&found);
	free(pattern);
}

/* All of it and on the disk; -1 with errno. */
static int write_down(int file, const char *text)
{
	size_t length = strlen(text);

	while (length) {
		ssize_t written = write(file, text, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		text += written;
		length -= (size_t)written;
	}
	return fsync(file);
}

char *put_aside(const char *path, const char *text)
{
	char *name = mem_format("%s.%ld.new", path, (long)getpid());
	int file, error;

	if (file_make_folders(path) != 0) {
		free(name);
		return NULL;
	}
	sweep(path);
	/* Never the file that has the name already: it may be somebody's under another one by now. */
	unlink(name);
	file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file >= 0 && write_down(file, text) == 0 && close(file) == 0)
		return name;
	error = errno;
	if (file >= 0)
		close(file);
	unlink(name);
	free(name);
	errno = error;
	return NULL;
}

int put_text(const char *path, const char *text)
{
	char *aside = put_aside(path, text);
	int failed = aside ? rename(aside, path) : -1, error = errno;

	if (aside && failed)
		unlink(aside);
	if (!failed)
		settle_directory(path);
	free(aside);
	errno = error;
	return failed;
}

int put_new(const char *from, const char *path)
{
	int failed = link(from, path), error = errno;

	/* A file system without links: there the name is taken by a file of nobody's first. */
	if (failed && error != EEXIST) {
		int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		failed = file < 0 ? -1 : rename(from, path);
		error = errno;
		if (file >= 0)
			close(file);
	}
	if (!failed)
		settle_directory(path);
	errno = error;
	return failed;
}

int put_exchange_in_steps(const char *one, const char *other)
{
	char *kept = mem_format("%s.kept", other);
	int failed = rename(other, kept);

	if (!failed && (failed = rename(one, other)) != 0) {
		int error = errno;
		rename(kept, other);
		errno = error;
	} else if (!failed) {
		failed = rename(kept, one);
	}
	free(kept);
	return failed;
}

int put_exchange(const char *one, const char *other)
{
	int failed = renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);

	if (failed && (errno == EINVAL || errno == ENOSYS || errno == EPERM))
		failed = put_exchange_in_steps(one, other);
	if (!failed)
		settle_directory(one);
	return failed;
}
