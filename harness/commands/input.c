#include "input.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

const char *const words_of_input[] = {"stdin", "scanf", "getchar", "STDIN_FILENO", "gets", NULL};

static bool is_word_at(const char *text, const char *at, size_t length)
{
	bool begins = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');

	return begins && !isalnum((unsigned char)at[length]) && at[length] != '_';
}

bool sources_mention(char *const *sources, int count, const char *const *words)
{
	bool found = false;

	for (int i = 0; i < count && !found; i++) {
		char *text = file_read(sources[i]);
		for (size_t j = 0; text && words[j] && !found; j++)
			for (const char *at = text; !found && (at = strstr(at, words[j])); at++)
				found = is_word_at(text, at, strlen(words[j]));
		free(text);
	}
	return found;
}

static int copy(int from, int to)
{
	char bytes[1 << 16];
	ssize_t got;

	while ((got = read(from, bytes, sizeof bytes)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		for (ssize_t done = 0, put; done < got; done += put)
			if ((put = write(to, bytes + done, (size_t)(got - done))) < 0)
				return -1;
		if (got < 0)
			return -1;
	}
	return 0;
}

int input_copy(const char *path, bool reads)
{
	struct stat input;

	if (fstat(STDIN_FILENO, &input) != 0 ||
	    !(S_ISREG(input.st_mode) || (reads && (S_ISFIFO(input.st_mode) || S_ISSOCK(input.st_mode)))))
		return 0;
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return -1;
	int failed = copy(STDIN_FILENO, file), error = errno;
	if (close(file) != 0 && !failed) {
		failed = -1;
		error = errno;
	}
	errno = error;
	return failed ? -1 : 1;
}
