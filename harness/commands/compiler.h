/* The reader's words that are for the compiler, as `check` takes them. */
#ifndef LOOSE_COMPILER_H
#define LOOSE_COMPILER_H

#include <stdbool.h>
#include <stdio.h>

/* True when the flag is written with a word of its own after it: "-I" "include". */
bool compiler_takes_next(const char *flag);
/* Why the flag cannot be used here, for the caller to free; NULL when it can. */
char *compiler_refuses(const char *flag);
/* True for an object file or a library, by its name. */
bool compiler_links(const char *file);
/* The folder of "-Ifolder", or of "-I" with `next` after it; NULL for any other flag. */
const char *compiler_folder(const char *flag, const char *next);
/* Prints the word for a shell in a make recipe, with a blank before it. */
void compiler_quote(FILE *out, const char *word);
/*
 * What the compiler says, with files named as the reader would from where he is; for the caller to free. It runs in
 * `root`, from where it names the workbook's own files.
 */
char *compiler_words(const char *root, const char *words);
/* A line for each pragma that the compiler says it has ignored, with what would make it count. */
void compiler_tell_pragmas(FILE *out, const char *log);
/* What may help somebody whose program does not compile, by the compiler's words; "" when nothing comes to mind. */
const char *compiler_hint(const char *log);

#endif
