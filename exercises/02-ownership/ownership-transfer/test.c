/*
 * What upload.h promises. A photo counts its pieces without a lock, on purpose:
 * who has waited for an upload may look at its photo. If nobody has waited,
 * that is a data race, and the detectors say so.
 */
#include "upload.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { PATIENCE = 8000 /* ms: only a design that waits where it must not is waited for so long */ };

struct photo {
	int pieces, sent; /* of the upload's thread, then of whoever has waited for it; so without a lock */
	int done;	  /* the point that is reached with the last piece */
};

static bool send_piece(void *arg)
{
	struct photo *photo = arg;

	if (++photo->sent < photo->pieces)
		return true;
	schedule_reached(photo->done);
	return false;
}

/* For who has waited. In time the last piece has been sent either way; only a wait puts it into an order. */
static int sent(const struct photo *photo)
{
	schedule_await(photo->done);
	return photo->sent;
}

Test(upload, wait_for_what_is_kept, .timeout = 60)
{
	static struct photo photo = {.pieces = 3, .done = 0};
	struct upload *upload = upload_start(send_piece, &photo);

	cr_assert_eq(upload_wait(upload), 3);
	cr_assert_eq(sent(&photo), 3);
}

Test(upload, the_desk_waits_for_what_it_took, .timeout = 60)
{
	static struct photo photos[2] = {{.pieces = 1, .done = 0}, {.pieces = 4, .done = 1}};
	struct desk *desk = desk_open();

	for (int i = 0; i < 2; i++)
		desk_take(desk, upload_start(send_piece, &photos[i]));
	schedule_await(photos[0].done);
	schedule_await(photos[1].done);
	cr_assert_eq(desk_close(desk), 5);
	cr_assert_eq(sent(&photos[0]) + sent(&photos[1]), 5);
}

/* --- the hand-over itself --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool begun, taken; /* guarded by lock: a piece is under way; desk_take() has returned */
	bool in_vain;	   /* guarded by lock: the piece has waited for that too long */
} hand_over = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A piece that takes until the upload has been handed over. */
static bool send_slow_piece(void *unused)
{
	struct timespec end = deadline_in(PATIENCE);

	(void)unused;
	CHECK(pthread_mutex_lock(&hand_over.lock));
	hand_over.begun = true;
	CHECK(pthread_cond_broadcast(&hand_over.changed));
	while (!hand_over.taken && deadline_cond_wait(&hand_over.changed, &hand_over.lock, &end))
		;
	hand_over.in_vain = !hand_over.taken;
	CHECK(pthread_mutex_unlock(&hand_over.lock));
	return false;
}

Test(upload, taking_does_not_wait, .timeout = 60)
{
	deadline_cond_init(&hand_over.changed);
	struct desk *desk = desk_open();
	struct upload *upload = upload_start(send_slow_piece, NULL);

	CHECK(pthread_mutex_lock(&hand_over.lock));
	while (!hand_over.begun)
		CHECK(pthread_cond_wait(&hand_over.changed, &hand_over.lock));
	CHECK(pthread_mutex_unlock(&hand_over.lock));
	desk_take(desk, upload);
	CHECK(pthread_mutex_lock(&hand_over.lock));
	hand_over.taken = true;
	CHECK(pthread_cond_broadcast(&hand_over.changed));
	bool in_vain = hand_over.in_vain;
	CHECK(pthread_mutex_unlock(&hand_over.lock));
	cr_assert_eq(desk_close(desk), 1);
	cr_assert_not(in_vain, "desk_take() waited for a piece");
}
