#include "files.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

char *file_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL, buffer[8192];
	size_t size, got;

	if (!file)
		return NULL;
	FILE *copy = open_memstream(&text, &size);
	while (copy && (got = fread(buffer, 1, sizeof buffer, file)) > 0)
		fwrite(buffer, 1, got, copy);
	bool good = copy && !ferror(file);
	if (copy)
		fclose(copy);
	fclose(file);
	if (good)
		return text;
	free(text);
	errno = EIO;
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
