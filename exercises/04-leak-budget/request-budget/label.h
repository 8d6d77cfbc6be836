/*
 * Labels for parcels, at the counters of a post office. The clerk types in the
 * address; while the head office checks it, the label is drawn, which takes as
 * long. An address that the head office does not know gets no label.
 *
 *     static const struct label_work work = {draw_on_canvas, ask_head_office, print_canvas};
 *
 *     switch (label_make(&work, parcel)) {
 *     case ADDRESS_GOOD:      ...  // the label is out
 *     case ADDRESS_UNKNOWN:   ...  // the parcel goes back to the customer
 *     case ADDRESS_NO_ANSWER: ...  // try again later
 *     }
 */
#ifndef LABEL_H
#define LABEL_H

enum address { ADDRESS_GOOD, ADDRESS_UNKNOWN, ADDRESS_NO_ANSWER };

/* The steps of one label. Each may take its time, and each returns by itself. */
struct label_work {
	/* Draws the label. It holds the canvas meanwhile, and lets go of it before it returns: it must not be cut short. */
	void (*draw)(void *parcel);
	/* Asks the head office. It gives up by itself, with ADDRESS_NO_ANSWER. */
	enum address (*check)(void *parcel);
	/* Prints what was drawn. */
	void (*print)(void *parcel);
};

/*
 * Makes the label of one parcel, and returns what check() has said.
 *
 *   - draw() and check() run at the same time, each is called once: check() by
 *     the caller's thread, draw() by one of this parcel's own.
 *   - print() is called once if the address is good, when draw() has returned;
 *     otherwise it is not called at all.
 *   - Whatever check() has said, when label_make() returns, no thread of this
 *     parcel runs any more: each was joined, and the parcel is the caller's, to
 *     be read without a lock, or freed. It returns as soon as that is so.
 *
 * A parcel has one thread beside the caller's, and that one only as long as
 * the call lasts. So a post office with N calls under way has N threads more
 * than without. Its budget, with a clerk's thread and the one that started it:
 *
 *     threads <= in_flight + 2, threads at exit <= 1, joined == started
 *
 * Several threads may call label_make() at a time.
 */
enum address label_make(const struct label_work *work, void *parcel);

#endif
