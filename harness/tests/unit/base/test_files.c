/* What is read, and what is not: pipes, devices, directories, NUL bytes, files that are too large. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

static char directory[64], path[128];

static void make(void)
{
	snprintf(directory, sizeof directory, "build/files.XXXXXX");
	cr_assert(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/x.c", directory);
}

static void unmake(void)
{
	unlink(path);
	rmdir(path);
	rmdir(directory);
}

TestSuite(files, .init = make, .fini = unmake, .timeout = 60);

static void write_bytes(const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	cr_assert(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

static void refused(const char *words)
{
	char *problem, *text = file_read_text(path, &problem);

	cr_assert_null(text);
	cr_assert(problem && strstr(problem, words), "%s", problem ? problem : "no problem");
	free(problem);
}

Test(files, a_file_is_read_whole)
{
	size_t length = 3 << 20;
	char *bytes = malloc(length + 1), *problem;

	cr_assert(bytes);
	memset(bytes, 'x', length);
	bytes[length] = '\0';
	write_bytes(bytes, length);
	char *text = file_read(path), *same = file_read_text(path, &problem);
	cr_assert(text && same && !problem);
	cr_assert_str_eq(text, bytes);
	cr_assert_str_eq(same, bytes);
	free(same);
	free(text);
	free(bytes);
}

Test(files, an_empty_file_is_an_empty_text)
{
	write_bytes("", 0);
	char *text = file_read(path);
	cr_assert_str_eq(text, "");
	free(text);
}

/* Its size is told as 0. */
Test(files, a_file_of_proc_is_read)
{
	char *text = file_read("/proc/self/status");

	cr_assert(text && strstr(text, "Name:"));
	free(text);
}

Test(files, a_pipe_is_refused_at_once)
{
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_null(file_read(path));
	refused("it is a named pipe; name a file");
}

Test(files, a_link_to_a_device_is_refused_at_once)
{
	cr_assert_eq(symlink("/dev/zero", path), 0);
	cr_assert_null(file_read(path));
	refused("it is a device; name a file");
}

Test(files, a_directory_is_refused)
{
	cr_assert_eq(mkdir(path, 0700), 0);
	refused("it is a directory; name a file");
}

Test(files, what_is_not_there_is_told)
{
	errno = 0;
	cr_assert_null(file_read(path));
	cr_assert_eq(errno, ENOENT);
	refused("No such file or directory; name a file that you can read");
}

/* Sparse: it takes no room. */
Test(files, a_file_that_is_too_large_is_refused)
{
	write_bytes("x", 1);
	cr_assert_eq(truncate(path, (off_t)FILE_MOST + 1), 0);
	cr_assert_null(file_read(path));
	cr_assert_eq(errno, EFBIG);
	refused("it is larger than 64 MiB");
}

Test(files, a_nul_byte_hides_nothing)
{
	static const char bytes[] = "/*\n * one\n * t\0wo\n */\nlast";

	write_bytes(bytes, sizeof bytes - 1);
	char *text = file_read(path);
	cr_assert_str_eq(text, "/*\n * one\n * t?wo\n */\nlast");
	free(text);
	refused("line 3 has a NUL byte");
}
