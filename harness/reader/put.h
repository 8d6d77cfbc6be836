/* Files that are in their place whole or not at all. For copy.c alone. What returns an int returns 0, or -1 with errno. */
#ifndef LOOSE_READER_PUT_H
#define LOOSE_READER_PUT_H

/*
 * Writes `text` to a new file beside `path`, which is on the disk then; its name, for the caller to free, NULL with errno.
 * What a process that is gone has left there of this kind is taken away.
 */
char *put_aside(const char *path, const char *text);
/* Writes the text to a file that others see whole, or as it was. */
int put_text(const char *path, const char *text);
/* Puts the file `from` at `path` if nothing is there, else EEXIST. The name `from` is left, or is gone. */
int put_new(const char *from, const char *path);
/*
 * Exchanges the two files in one step, so that neither name is ever without a file and nothing that somebody saves
 * meanwhile is lost. Where the file system cannot, in two: a kill between leaves both files, one of them as PATH.kept.
 */
int put_exchange(const char *one, const char *other);
/* What it does where the file system cannot. Where a step fails both files are as they were. */
int put_exchange_in_steps(const char *one, const char *other);

#endif
