/*
 * Photos are uploaded piece by piece, each photo by a thread of its own. The
 * caller that starts an upload owns it, and waits for it or hands it over to the
 * desk, which looks after the uploads of people who have left the page.
 *
 *     struct upload *upload = upload_start(send_piece, &photo);
 *     if (stays)
 *             pieces = upload_wait(upload);
 *     else
 *             desk_take(desk, upload);
 *     ...
 *     pieces = desk_close(desk);
 *
 * Any number of desks may be open in a process. They know nothing of each other.
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include <stdbool.h>

/* Sends one piece of the photo. False when it was the last one. It may take its time, and may use the photo without a lock. */
typedef bool upload_step(void *photo);

struct upload;
struct desk;

enum { DESK_ROOM = 16 }; /* uploads that a desk can take */

/*
 * Starts a thread that calls `step` until it says false. The caller owns the
 * upload until it has waited for it, or has handed it over.
 */
struct upload *upload_start(upload_step *step, void *photo);

/*
 * Waits. When it returns, the upload's thread has ended and its memory is free:
 * the caller may look at the photo without a lock. Returns how many pieces were
 * sent.
 */
int upload_wait(struct upload *upload);

/* The caller closes the desk. */
struct desk *desk_open(void);

/*
 * Hands the upload over; the caller does not touch it again. From here on the
 * desk waits for it, and nobody else does. Returns at once: it does not wait
 * for a piece. There must be room.
 */
void desk_take(struct desk *desk, struct upload *upload);

/*
 * Closes the desk, once. When it returns, every upload that it has taken has
 * sent its last piece, its thread has ended, and its memory and the desk's are
 * free: the owner of a photo may look at it without a lock, and release it.
 * Returns how many pieces all of them have sent.
 */
int desk_close(struct desk *desk);

#endif
