/*
 * Reading files and folders. Only regular files are read, and only up to a limit:
 * a named pipe, a device or a link to one would keep the harness for ever.
 */
#ifndef LOOSE_FILES_H
#define LOOSE_FILES_H

#include <stdio.h>

enum { FILE_MOST = 64 << 20 /* bytes: more is not text of a person, nor of a tool that works */ };

/*
 * The whole file as a string that the caller owns; NULL with errno when it cannot
 * be read. A NUL byte becomes a '?', so that it hides nothing of what follows.
 */
char *file_read(const char *path);
/* 0, or -1 with errno when something that was written to the stream is lost. */
int file_flushed(FILE *out);
/*
 * The same of what somebody wrote, where a NUL byte is a mistake. NULL, and in
 * *problem the reason and the fix for the caller to free: "it is a named pipe; name
 * a file". To be put after "cannot read 'x': ".
 */
char *file_read_text(const char *path, char **problem);
/*
 * The files of a directory (relative to the root: "chapters/02-x/y/broken")
 * with one of these endings (a pattern: "[ch]"), by name: paths relative to the
 * root, with NULL at the end, for the caller to free with files_free().
 */
char **files_in(const char *root, const char *directory, const char *endings);
void files_free(char **files);
/* Makes the folders on the way to a file, or to a folder whose name ends with a '/'. 0, or -1 with errno. */
int file_make_folders(const char *path);

#endif
