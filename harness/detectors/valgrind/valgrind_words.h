/*
 * Valgrind's sentences without what differs from run to run: numbers of threads
 * become names, addresses go or become letters, paths of objects become base
 * names.
 */
#ifndef LOOSE_VALGRIND_WORDS_H
#define LOOSE_VALGRIND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* What is known in one error. Zero-initialised; emptied by valgrind_names_release(). */
struct valgrind_names {
	struct {
		unsigned long number;
		char *name;
	} * threads;
	size_t thread_count;
	unsigned long long locks[8]; /* named A, B, ... in this order */
	size_t lock_count;
};

/* Learns that the thread whom the sentence speaks of first started in `function`. */
void valgrind_names_thread(struct valgrind_names *names, const char *sentence, const char *function);
/* Learns the locks that a headline speaks of. */
void valgrind_names_locks(struct valgrind_names *names, const char *sentence);
/* The sentence in words that are the same in every run, for the caller to free. */
char *valgrind_words(const struct valgrind_names *names, const char *sentence);
void valgrind_names_release(struct valgrind_names *names);

#endif
