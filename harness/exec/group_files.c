/* Asking the kernel, and telling it. See group_files.h. */
#include "group_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

int group_write(const char *directory, const char *name, const char *word)
{
	char *path = mem_format("%s/%s", directory, name);
	int file = open(path, O_WRONLY | O_CLOEXEC), error = 0;
	ssize_t length = (ssize_t)strlen(word);

	if (file < 0 || write(file, word, (size_t)length) != length)
		error = errno;
	if (file >= 0)
		close(file);
	free(path);
	errno = error;
	return error ? -1 : 0;
}

int group_write_number(const char *directory, const char *name, long long number)
{
	char word[32];

	snprintf(word, sizeof word, "%lld", number);
	return group_write(directory, name, word);
}

char *group_read(const char *directory, const char *name)
{
	char *path = mem_format("%s/%s", directory, name), *text = file_read(path);

	free(path);
	return text;
}

bool group_has_word(const char *text, const char *word)
{
	static const char between[] = " ,\n";
	size_t length = strlen(word);

	for (const char *at = text; at && *at; at += strcspn(at, between), at += strspn(at, between))
		if (strncmp(at, word, length) == 0 && (!at[length] || strchr(between, at[length])))
			return true;
	return false;
}

char *group_refusal(const char *directory, int error)
{
	if (error == EROFS)
		return mem_format("since '%s' is read-only", directory);
	if (error == EACCES || error == EPERM)
		return mem_format(
			"since '%s' is not ours to divide (systemd-run --user --scope before the command gives it "
			"a group of its own)",
			directory);
	if (error == EBUSY)
		return mem_format("since other processes are in '%s', whose memory the kernel does not divide then",
				  directory);
	if (error == ENOENT && access(directory, F_OK) != 0)
		return mem_format("since '%s' is not there", directory);
	if (error == ENOENT)
		return mem_format("since the group above '%s' does not hand the control of memory on to it", directory);
	return mem_format("since '%s' gives none: %s", directory, strerror(error));
}
