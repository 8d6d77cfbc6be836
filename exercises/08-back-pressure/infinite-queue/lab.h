/*
 * A photo lab. Customers hand in photos at a machine; one printer prints them,
 * one after the other, in a thread of its own.
 *
 *     lab_open(print_photo);
 *     ...
 *     if (lab_submit(photo) == LAB_BUSY)
 *             show("please come back later");         // and the photo stays in the customer's hand
 *     ...
 *     lab_close();
 *
 * There is one lab in a process, and it is opened and closed once.
 */
#ifndef LAB_H
#define LAB_H

enum { LAB_ROOM = 8 };

enum lab_answer {
	LAB_TAKEN, /* the photo will be printed, whatever happens: a promise */
	LAB_BUSY,  /* no room now: the photo will not be printed */
	LAB_CLOSED /* the lab is closing or closed: likewise */
};

/* Prints one photo, of any number. Takes as long as it takes. Only the printer's thread calls it. */
typedef void lab_print(int photo);

/* Starts the printer. */
void lab_open(lab_print *print);

/*
 * Hands in a photo.
 *
 *   - At no moment are more than LAB_ROOM photos taken and not yet printed, the
 *     one in the printer included. Then the answer is LAB_BUSY. When one has
 *     been printed, there is room for the next.
 *   - It never waits for the printer, whatever the answer.
 *
 * Any thread may call it.
 */
enum lab_answer lab_submit(int photo);

/*
 * Closes the lab. When it returns, every photo that was taken has been printed,
 * once and in the order in which they were taken, and nothing of the lab runs
 * any more. A photo that comes after that is answered LAB_CLOSED. No thread may be
 * in lab_submit() while it is called.
 */
void lab_close(void);

#endif
