/*
 * A bureau that translates texts. It has two translators, each a thread, and a
 * shelf for the texts that wait. Several offices hand in texts; a porter
 * closes the bureau in the evening. The offices need not know when.
 *
 *     struct bureau *bureau = bureau_open(translate, give_back_the_keys, &house);
 *
 *     an office's thread is started with bureau_hold(bureau), and ends like this:
 *             if (bureau_submit(bureau, text) == BUREAU_CLOSED)
 *                     keep_for_tomorrow(text);
 *             bureau_release(bureau);
 *
 *     bureau_close(bureau);
 *     bureau_release(bureau);
 *
 * The bureau belongs to those who hold it. A hold says that the bureau is
 * there. It does not say that it is open.
 */
#ifndef BUREAU_H
#define BUREAU_H

enum { BUREAU_TRANSLATORS = 2, BUREAU_SHELF = 4 /* texts that wait */ };

enum bureau_answer {
	BUREAU_ACCEPTED, /* the text will be translated, whatever happens */
	BUREAU_CLOSED	 /* it will not, and is the caller's again */
};

struct bureau;

/* Translates one text, in a translator's thread. It takes its time, and does not call the bureau. */
typedef void bureau_work(void *text);
/* Is told that the bureau is no more: its memory has been freed. In the thread that has let go of it last. */
typedef void bureau_gone(void *house);

/* Opens a bureau. The caller holds it, once. */
struct bureau *bureau_open(bureau_work *work, bureau_gone *gone, void *house);

/* Adds a hold, for another thread that will need it. Called by a holder; returns the bureau. */
struct bureau *bureau_hold(struct bureau *bureau);

/*
 * One hold less. The last one frees the bureau, and then calls gone(), once. No
 * other call does that. The bureau has been closed before the last hold goes.
 */
void bureau_release(struct bureau *bureau);

/*
 * Hands in a text. Called by holders, at any time, several at once.
 *
 *   - In an open bureau it waits for a place on the shelf.
 *   - In a closed one it says so, at once. That is also the answer for a call that
 *     waits for a place when the bureau is closed.
 */
__attribute__((warn_unused_result)) enum bureau_answer bureau_submit(struct bureau *bureau, void *text);

/*
 * Closes the bureau, once; called by a holder. When it returns, every text
 * that was accepted has been translated, and no translator runs any more: each
 * was joined. It waits for that, and for nothing else: others may hold the
 * bureau for as long as they like.
 */
void bureau_close(struct bureau *bureau);

#endif
