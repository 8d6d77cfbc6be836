/*
 * What upload.h promises. A photo counts its pieces without a lock, on purpose:
 * a caller that has waited for an upload may look at its photo. Without the
 * wait that is a data race, and the detectors say so.
 */
#include "upload.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { HOLD_OVER = 2, NEVER, SENT };
enum { PATIENCE = 8000 /* ms: only a design that waits where it must not takes all of it */ };

struct photo {
	int pieces, sent; /* of the upload's thread, then of the caller that has waited for it; so without a lock */
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

/* For a caller that has waited. In time the last piece has been sent either way; only a wait puts it into an order. */
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

static void take(struct desk *desk, struct photo *photo, int pieces, int done)
{
	*photo = (struct photo){.pieces = pieces, .done = done};
	desk_take(desk, upload_start(send_piece, photo));
}

static struct {
	pthread_mutex_t lock;
	bool closed; /* guarded by lock: desk_close() has returned */
	int pieces;  /* guarded by lock: that it has told */
} closing = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *close_it(void *desk)
{
	int pieces = desk_close(desk);

	CHECK(pthread_mutex_lock(&closing.lock));
	closing.closed = true;
	closing.pieces = pieces;
	CHECK(pthread_mutex_unlock(&closing.lock));
	return NULL;
}

/* Closes a desk whose uploads have all sent their last piece. */
static int close_desk(struct desk *desk)
{
	pthread_t closer;

	CHECK(pthread_mutex_lock(&closing.lock));
	closing.closed = false;
	CHECK(pthread_mutex_unlock(&closing.lock));
	NEED(pthread_create(&closer, NULL, close_it, desk));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&closing.lock));
	bool closed = closing.closed;
	int pieces = closing.pieces;
	CHECK(pthread_mutex_unlock(&closing.lock));
	cr_assert(closed, "everybody waits, and desk_close() has not returned");
	CHECK(pthread_join(closer, NULL));
	return pieces;
}

/*
 * Two desks are open, each with uploads of its own. Then there is one that is full, of uploads that had ended before
 * they were taken, and one that has taken none.
 */
Test(upload, the_desk_waits_for_what_it_took, .timeout = 60)
{
	static struct photo photos[2], other, many[DESK_ROOM];
	struct desk *desk = desk_open(), *other_desk = desk_open();

	take(desk, &photos[0], 1, 0);
	take(other_desk, &other, 2, SENT);
	take(desk, &photos[1], 4, 1);
	schedule_await(photos[0].done);
	schedule_await(photos[1].done);
	schedule_await(other.done);
	int pieces = desk_close(desk), of_both = sent(&photos[0]) + sent(&photos[1]), others = desk_close(other_desk);
	cr_assert_eq(pieces, 5, "5 pieces were handed over, 2 others to another desk, and the desk says %d", pieces);
	cr_assert_eq(of_both, 5);
	cr_assert_eq(others, 2, "2 pieces were handed over, 5 others to another desk, and the desk says %d", others);

	struct upload *uploads[DESK_ROOM];
	for (int i = 0; i < DESK_ROOM; i++) {
		many[i] = (struct photo){.pieces = 2, .done = SENT};
		uploads[i] = upload_start(send_piece, &many[i]);
	}
	schedule_await_blocked(); /* all of them have been sent */
	desk = desk_open();
	for (int i = 0; i < DESK_ROOM; i++)
		desk_take(desk, uploads[i]);
	pieces = close_desk(desk);
	cr_assert_eq(pieces, 2 * DESK_ROOM, "%d uploads of 2 pieces were handed over, and the desk says %d", DESK_ROOM,
		     pieces);
	pieces = close_desk(desk_open());
	cr_assert_eq(pieces, 0, "nothing was handed over, and the desk says %d", pieces);
}

/* --- the hand-over itself --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int begun;    /* guarded by lock: pieces under way */
	int left;     /* guarded by lock: pieces that are over */
	bool taken;   /* guarded by lock: desk_take() has returned, for all of them */
	bool in_vain; /* guarded by lock: a piece has waited for that too long */
} hand_over = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A piece that takes until all uploads have been handed over. */
static bool send_slow_piece(void *unused)
{
	struct timespec end = deadline_in(PATIENCE);

	(void)unused;
	CHECK(pthread_mutex_lock(&hand_over.lock));
	hand_over.begun++;
	CHECK(pthread_cond_broadcast(&hand_over.changed));
	while (!hand_over.taken && deadline_cond_wait(&hand_over.changed, &hand_over.lock, &end))
		;
	hand_over.in_vain |= !hand_over.taken;
	hand_over.left++;
	CHECK(pthread_cond_broadcast(&hand_over.changed));
	CHECK(pthread_mutex_unlock(&hand_over.lock));
	return false;
}

Test(upload, taking_does_not_wait, .timeout = 60)
{
	deadline_cond_init(&hand_over.changed);
	struct desk *desk = desk_open();
	struct upload *uploads[DESK_ROOM];

	for (int i = 0; i < DESK_ROOM; i++)
		uploads[i] = upload_start(send_slow_piece, NULL);
	CHECK(pthread_mutex_lock(&hand_over.lock));
	while (hand_over.begun < DESK_ROOM)
		CHECK(pthread_cond_wait(&hand_over.changed, &hand_over.lock));
	CHECK(pthread_mutex_unlock(&hand_over.lock));
	for (int i = 0; i < DESK_ROOM; i++)
		desk_take(desk, uploads[i]);
	CHECK(pthread_mutex_lock(&hand_over.lock));
	hand_over.taken = true;
	CHECK(pthread_cond_broadcast(&hand_over.changed));
	bool in_vain = hand_over.in_vain;
	CHECK(pthread_mutex_unlock(&hand_over.lock));
	int closed = desk_close(desk);
	/* Of a desk that does not join: none of its threads may hold the lock when the test ends, which Helgrind tells. */
	CHECK(pthread_mutex_lock(&hand_over.lock));
	while (hand_over.left < DESK_ROOM)
		CHECK(pthread_cond_wait(&hand_over.changed, &hand_over.lock));
	CHECK(pthread_mutex_unlock(&hand_over.lock));
	cr_assert_eq(closed, DESK_ROOM);
	cr_assert_not(in_vain, "desk_take() waited for a piece, of this upload or of one that was taken before");
}

/* --- a piece that is under way when the desk closes, and the one after it --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int begun, ended; /* pieces; guarded by lock */
	bool closed;	  /* desk_close() has returned; guarded by lock */
	bool late;	  /* a piece was under way by then; guarded by lock */
} night = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Keeps the first piece under way until desk_close() waits for it, or has returned without. */
static void hold(void)
{
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&night.lock));
	bool late = night.late = night.closed;
	CHECK(pthread_mutex_unlock(&night.lock));
	schedule_reached(HOLD_OVER);
	if (late)
		schedule_await(NEVER); /* nobody can tell what this thread would do next */
}

static bool send_at_night(void *unused)
{
	(void)unused;
	CHECK(pthread_mutex_lock(&night.lock));
	int piece = ++night.begun;
	CHECK(pthread_cond_broadcast(&night.changed));
	CHECK(pthread_mutex_unlock(&night.lock));
	if (piece == 1)
		hold();
	pthread_testcancel(); /* as in write() */
	CHECK(pthread_mutex_lock(&night.lock));
	night.ended++;
	CHECK(pthread_mutex_unlock(&night.lock));
	return piece < 3;
}

Test(upload, what_was_taken_is_sent_to_the_end, .timeout = 60)
{
	struct desk *desk = desk_open();

	desk_take(desk, upload_start(send_at_night, NULL));
	CHECK(pthread_mutex_lock(&night.lock));
	while (night.begun == 0)
		CHECK(pthread_cond_wait(&night.changed, &night.lock));
	CHECK(pthread_mutex_unlock(&night.lock));
	int pieces = desk_close(desk);
	CHECK(pthread_mutex_lock(&night.lock));
	night.closed = true;
	CHECK(pthread_mutex_unlock(&night.lock));
	schedule_await(HOLD_OVER);

	CHECK(pthread_mutex_lock(&night.lock));
	int ended = night.ended;
	bool late = night.late;
	CHECK(pthread_mutex_unlock(&night.lock));
	cr_assert_not(late, "desk_close() has returned, and a piece is still under way");
	cr_assert_eq(ended, 3, "desk_close() has returned, and of 3 pieces %d were sent", ended);
	cr_assert_eq(pieces, 3);
}
