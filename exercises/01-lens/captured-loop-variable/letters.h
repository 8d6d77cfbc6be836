/*
 * The evening post of a laboratory: each result is printed and put into an
 * envelope with the patient's address on it. Printing takes long, so each
 * letter has a thread of its own.
 *
 *     static const struct post post = {next_result, print, address_envelope};
 *     int sent = letters_send(&post);
 */
#ifndef LETTERS_H
#define LETTERS_H

#include <stdbool.h>

enum { LETTERS_ROOM = 32 }; /* letters in one post, at most */

struct letter {
	int patient;
	char result[28];
};

struct post {
	/*
	 * Fills in the next letter. False: there are no more. Called only by
	 * the thread that calls letters_send(), and it knows nothing of threads.
	 */
	bool (*next)(struct letter *letter);
	/* Both are called for each letter, by the letter's thread, in this order. They may take their time. */
	void (*print)(const struct letter *letter);
	void (*envelope)(const struct letter *letter);
};

/*
 * Sends all letters that next() gives, and returns how many these were. When it
 * returns, every letter is in its envelope, every thread has ended and was
 * joined, and what print() and envelope() have written the caller may read
 * without a lock.
 *
 *   - print() and envelope() get the letter as next() has filled it in. It stays
 *     so from the beginning of print() to the end of envelope().
 *   - A letter waits for no other: the next one is printed while those before
 *     it still are, and may be in its envelope before they are in theirs.
 *
 * When it has returned, the next post may be sent.
 */
int letters_send(const struct post *post);

#endif
