/*
 * What bureau.h promises, seen by an office and by the person with the keys.
 * The translators of these tests have to wait for a word, so that the shelf is
 * full for as long as a test likes. Nothing is judged by how long it takes, only
 * by whether it ends.
 */
#include "bureau.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/schedule.h"

enum { LATE = 8000 /* ms: when a test stops waiting for a call that does not return; no right one is near it */ };
enum { FULL = BUREAU_TRANSLATORS + BUREAU_SHELF /* texts */ };

enum { PORTER_HAS_LEFT };

static struct gate word = GATE_INITIALIZER; /* the one that the translators wait for */

static struct {
	int translated, keys; /* texts; how often the keys came back; guarded by lock */
	pthread_mutex_t lock;
} house = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Adds to a number under the lock, and tells what it is then. */
static int add(int *number, int amount)
{
	CHECK(pthread_mutex_lock(&house.lock));
	int sum = *number += amount;
	CHECK(pthread_mutex_unlock(&house.lock));
	return sum;
}

static void translate(void *text)
{
	gate_wait(&word);
	add(text, 1);
	add(&house.translated, 1);
}

static void give_back_the_keys(void *arg)
{
	REQUIRE(arg == &house);
	add(&house.keys, 1);
}

/* Somebody with a hold and a thread: the one who closes, or an office with a text. */
struct person {
	struct bureau *bureau;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool back; /* guarded by lock: has done it, and let go of the bureau */
	int text;  /* how often it was translated */
	enum bureau_answer answer;
};

static void let_go(struct person *self)
{
	bureau_release(self->bureau);
	CHECK(pthread_mutex_lock(&self->lock));
	self->back = true;
	CHECK(pthread_cond_signal(&self->changed));
	CHECK(pthread_mutex_unlock(&self->lock));
}

static void *close_it(void *arg)
{
	struct person *self = arg;

	bureau_close(self->bureau);
	let_go(self);
	schedule_reached(PORTER_HAS_LEFT);
	return NULL;
}

/* Lets go after the porter has; but between the two there is nothing that orders them. */
static void *leave_last(void *arg)
{
	schedule_await(PORTER_HAS_LEFT);
	let_go(arg);
	return NULL;
}

static void *submit(void *arg)
{
	struct person *self = arg;

	self->answer = bureau_submit(self->bureau, &self->text);
	let_go(self);
	return NULL;
}

static void send(struct person *person, void *errand(void *), struct bureau *bureau)
{
	*person = (struct person){.bureau = bureau_hold(bureau), .lock = PTHREAD_MUTEX_INITIALIZER};
	deadline_cond_init(&person->changed);
	CHECK(pthread_create(&person->thread, NULL, errand, person));
}

/* Whether the person comes back, within so many ms; then the thread has been joined. */
static bool is_back(struct person *person, long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&person->lock));
	while (!person->back && deadline_cond_wait(&person->changed, &person->lock, &end))
		;
	bool back = person->back;
	CHECK(pthread_mutex_unlock(&person->lock));
	if (back)
		CHECK(pthread_join(person->thread, NULL));
	return back;
}

static struct person porter, office;

Test(bureau, refuses_what_comes_too_late, .timeout = 60)
{
	struct bureau *bureau = bureau_open(translate, give_back_the_keys, &house);
	int early = 0, late = 0;

	enum bureau_answer first = bureau_submit(bureau, &early);
	gate_open(&word);
	send(&porter, close_it, bureau);
	bool closed = is_back(&porter, LATE);
	enum bureau_answer second = bureau_submit(bureau, &late);
	cr_assert(closed, "bureau_close() does not return, and all texts are translated");
	cr_assert_eq(second, BUREAU_CLOSED, "the bureau was closed, and has accepted a text");
	bureau_release(bureau);
	cr_assert_eq(first, BUREAU_ACCEPTED, "the bureau was open, and has refused a text");
	cr_assert_eq(early, 1, "a text was accepted, and was translated %d times", early);
	cr_assert_eq(late, 0, "a text was refused, and was translated");
	cr_assert_eq(house.keys, 1, "nobody holds the bureau, and gone() was called %d times", house.keys);
}

/* The office waits for a place on the shelf, and the porter for the translators. */
Test(bureau, refuses_who_still_waits, .timeout = 60)
{
	struct bureau *bureau = bureau_open(translate, give_back_the_keys, &house);
	int texts[FULL] = {0}, accepted = 0;

	for (int i = 0; i < FULL; i++)
		accepted += bureau_submit(bureau, &texts[i]) == BUREAU_ACCEPTED;
	send(&office, submit, bureau);
	schedule_await_blocked();
	send(&porter, close_it, bureau);
	schedule_await_blocked();
	cr_assert(is_back(&office, 0), "the bureau is closed, and an office waits there for a place");
	cr_assert_eq(office.answer, BUREAU_CLOSED, "the bureau was closed, and has accepted a text");
	cr_assert_eq(add(&house.translated, 0), 0, "a translator has not waited for his word");
	gate_open(&word);
	cr_assert(is_back(&porter, LATE), "bureau_close() does not return, and all texts are translated");
	bureau_release(bureau);
	cr_assert_eq(accepted, FULL, "the bureau was open, and has refused a text");
	cr_assert_eq(house.translated, FULL, "%d texts were accepted, and %d translated", FULL, house.translated);
	cr_assert_eq(house.keys, 1, "nobody holds the bureau, and gone() was called %d times", house.keys);
}

Test(bureau, belongs_to_its_last_holder, .timeout = 60)
{
	struct bureau *bureau = bureau_open(translate, give_back_the_keys, &house);

	send(&office, leave_last, bureau);
	send(&porter, close_it, bureau);
	cr_assert(is_back(&porter, LATE), "bureau_close() does not return, and there is nothing to do");
	REQUIRE(is_back(&office, LATE));
	cr_assert_eq(house.keys, 0, "the bureau is gone, and somebody holds it");
	bureau_release(bureau);
	cr_assert_eq(house.keys, 1, "nobody holds the bureau, and gone() was called %d times", house.keys);
}
