/* Reading the workbook's files and folders. */
#ifndef LOOSE_FILES_H
#define LOOSE_FILES_H

/* The whole file as a string that the caller owns; NULL with errno when it cannot be read. */
char *file_read(const char *path);
/*
 * The files of a directory (relative to the root: "chapters/02-x/y/broken")
 * with one of these endings (a pattern: "[ch]"), by name: paths relative to the
 * root, with NULL at the end, for the caller to free with files_free().
 */
char **files_in(const char *root, const char *directory, const char *endings);
void files_free(char **files);

#endif
