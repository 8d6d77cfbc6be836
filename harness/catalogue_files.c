/* The files of which a program of several is made. See catalogue.h. */
#include "catalogue.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

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

char *program_own_directory(const char *source)
{
	return mem_copy_n(source, strlen(source) - 2);
}

char *program_shared_directory(const char *source)
{
	return mem_format("%.*s/shared", (int)(strrchr(source, '/') - source), source);
}
