/*
 * What bureau.h promises, seen by an office and by the person with the keys.
 * The translators of these tests have to wait for a word, so that the shelf is
 * full for as long as a test likes. Nothing is judged by how long it takes, only
 * by whether it ends.
 */
#include "bureau.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { LATE = 8000 /* ms: when a test stops waiting for a call that does not return; no right one is near it */ };
enum { FULL = BUREAU_TRANSLATORS + BUREAU_SHELF /* texts */, ALL = 100 };

enum { STEPS = 3 /* each begins before a lock */, CROWD = FULL + 1 /* offices */ };

enum { PORTER_HAS_LEFT, SO_HAS_ONE_MORE, SHELF_IS_EMPTY, STEP /* the first of some */ };

static struct {
	int words;	      /* texts that may be translated; a translator waits for one; guarded by lock */
	int translated, keys; /* texts; how often the keys came back; guarded by lock */
	struct step {
		int lock, point; /* before this lock from then on the point is reached; 0: nowhere */
	} step;			 /* of the translator whose text is translated next, after that; guarded by lock */
	int here; /* translators that have had a text, and whose threads have not ended; guarded by lock */
	pthread_mutex_t lock;
	pthread_cond_t changed;
} house = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Adds to a number under the lock, and tells what it is then. */
static int add(int *number, int amount)
{
	CHECK(pthread_mutex_lock(&house.lock));
	int sum = *number += amount;
	CHECK(pthread_mutex_unlock(&house.lock));
	return sum;
}

static void give_words(int count)
{
	CHECK(pthread_mutex_lock(&house.lock));
	house.words += count;
	CHECK(pthread_cond_broadcast(&house.changed));
	CHECK(pthread_mutex_unlock(&house.lock));
}

/* A translator's, as the last thing that the thread does. There is no hurry: who has to wait for that does. */
static void goes_home(void *arg)
{
	(void)arg;
	schedule_await_blocked();
	add(&house.here, -1);
}

static pthread_key_t on_duty;

static void translate(void *text)
{
	REQUIRE(text);
	schedule_reached_before_lock(0, 0);
	if (!pthread_getspecific(on_duty)) {
		CHECK(pthread_setspecific(on_duty, &house));
		add(&house.here, 1);
	}
	CHECK(pthread_mutex_lock(&house.lock));
	while (house.words == 0)
		CHECK(pthread_cond_wait(&house.changed, &house.lock));
	house.words--;
	struct step step = house.step;
	house.step.lock = 0;
	CHECK(pthread_mutex_unlock(&house.lock));
	add(text, 1);
	add(&house.translated, 1);
	schedule_reached_before_lock(step.lock, step.point);
}

static jmp_buf *street; /* who has given back the keys goes there, and not back into the bureau */

static void give_back_the_keys(void *arg)
{
	REQUIRE(arg == &house);
	add(&house.keys, 1);
	if (street)
		longjmp(*street, 1);
}

/* Waits may end without a signal, as POSIX allows: who was woken for nothing has to wait again. */
static struct bureau *open_in_the_morning(void)
{
	schedule_wake_in_vain();
	CHECK(pthread_key_create(&on_duty, goes_home));
	return bureau_open(translate, give_back_the_keys, &house);
}

/* What is freed only after the keys are back is not freed any more, and memcheck finds it. */
static void release_and_leave(struct bureau *bureau)
{
	jmp_buf here;

	street = &here;
	if (setjmp(here) == 0)
		bureau_release(bureau);
	street = NULL;
}

/* Somebody with a hold and a thread: the one who closes, or an office with a text. */
struct person {
	struct bureau *bureau;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool back;	 /* guarded by lock: has done it, and let go of the bureau */
	int texts[FULL]; /* how often each was translated */
	int accepted;
	enum bureau_answer answer; /* the last one */
	struct step step;
};

static void comes_back(struct person *self)
{
	CHECK(pthread_mutex_lock(&self->lock));
	self->back = true;
	CHECK(pthread_cond_signal(&self->changed));
	CHECK(pthread_mutex_unlock(&self->lock));
}

static void let_go(struct person *self)
{
	bureau_release(self->bureau);
	comes_back(self);
}

static void *close_it(void *arg)
{
	struct person *self = arg;

	bureau_close(self->bureau);
	let_go(self);
	schedule_reached(PORTER_HAS_LEFT);
	return NULL;
}

/* Holds on once more, and lets go, after the porter has; but between the two there is nothing that orders them. */
static void *leave_last(void *arg)
{
	struct person *self = arg;

	schedule_await(PORTER_HAS_LEFT);
	bureau_release(bureau_hold(self->bureau));
	let_go(self);
	return NULL;
}

static void *submit(void *arg)
{
	struct person *self = arg;

	self->answer = bureau_submit(self->bureau, &self->texts[0]);
	let_go(self);
	return NULL;
}

/* The same for one who hands in a text then. Not at the same time as the other: which one is first would be luck. */
static void *come_too_late(void *arg)
{
	schedule_await(SO_HAS_ONE_MORE);
	return submit(arg);
}

static void *submit_and_wake_late(void *arg)
{
	schedule_wake_late(SHELF_IS_EMPTY);
	return submit(arg);
}

/* Somebody does at the point what this one's step meets. */
static void *submit_in_steps(void *arg)
{
	struct person *self = arg;

	schedule_reached_before_lock(self->step.lock, self->step.point);
	return submit(arg);
}

static sem_t has_let_go;

static void *let_go_in_steps(void *arg)
{
	struct person *self = arg;

	schedule_reached_before_lock(self->step.lock, self->step.point);
	bureau_release(self->bureau);
	CHECK(sem_post(&has_let_go));
	comes_back(self);
	return NULL;
}

/*
 * If the other one has let go, that is before this. Helgrind has to be told: to it the mutex is still read when the unlock of
 * it is over, and its free by another thread, which only that mutex orders, a race.
 */
static void *let_go_then(void *arg)
{
	struct person *self = arg;
	int have = 0;

	schedule_await(self->step.point);
	CHECK(sem_getvalue(&has_let_go, &have));
	if (have)
		CHECK(sem_wait(&has_let_go));
	let_go(self);
	return NULL;
}

static void *close_it_then(void *arg)
{
	struct person *self = arg;

	schedule_await(self->step.point);
	return close_it(arg);
}

/* As many texts as are accepted without a wait while the translators have no word. */
static void *submit_many(void *arg)
{
	struct person *self = arg;

	for (int i = 0; i < FULL; i++)
		self->accepted += bureau_submit(self->bureau, &self->texts[i]) == BUREAU_ACCEPTED;
	let_go(self);
	return NULL;
}

/* The person has this hold from now on. */
static void send_with(struct bureau *held, struct step step, struct person *person, void *errand(void *))
{
	*person = (struct person){.bureau = held, .lock = PTHREAD_MUTEX_INITIALIZER, .step = step};
	deadline_cond_init(&person->changed);
	CHECK(pthread_create(&person->thread, NULL, errand, person));
}

static void send_at(struct step step, struct person *person, void *errand(void *), struct bureau *bureau)
{
	send_with(bureau_hold(bureau), step, person, errand);
}

static void send(struct person *person, void *errand(void *), struct bureau *bureau)
{
	send_at((struct step){0}, person, errand, bureau);
}

/* Whether the person comes back within that many milliseconds; then the thread has been joined. */
static bool is_back(struct person *person, long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&person->lock));
	while (!person->back && deadline_cond_wait(&person->changed, &person->lock, &end))
		;
	bool back = person->back;
	CHECK(pthread_mutex_unlock(&person->lock));
	if (back) {
		CHECK(pthread_join(person->thread, NULL));
		CHECK(pthread_cond_destroy(&person->changed));
		CHECK(pthread_mutex_destroy(&person->lock));
		person->bureau = NULL; /* else memcheck would find it here, when nobody has freed it */
	}
	return back;
}

static struct person porter, office, second, late, customer, crowd[CROWD];

/* The translators have no word: two texts are with them, and the shelf is full. */
static void fill(struct bureau *bureau)
{
	send(&customer, submit_many, bureau);
	cr_assert(is_back(&customer, LATE),
		  "two texts are at work, there is room for %d, and one of them waits outside", BUREAU_SHELF);
	cr_assert_eq(customer.accepted, FULL, "the bureau was open, and has refused a text");
}

/* The porter is back. */
static void expect_nobody_here(void)
{
	int here = add(&house.here, 0);

	cr_assert_eq(here, 0, "bureau_close() has returned, and %d of the translators still run", here);
}

static void expect_each_once(void)
{
	for (int i = 0; i < FULL; i++)
		cr_assert_eq(customer.texts[i], 1, "a text was accepted, and was translated %d times",
			     customer.texts[i]);
}

/* What was translated is read without a lock: when bureau_close() has returned, no translator runs. */
Test(bureau, refuses_what_comes_too_late, .timeout = 60)
{
	struct bureau *bureau = open_in_the_morning();
	int early = 0, too_late = 0;

	enum bureau_answer first = bureau_submit(bureau, &early);
	schedule_await_blocked();
	send(&porter, close_it, bureau);
	schedule_await_blocked();
	cr_assert_not(is_back(&porter, 0), "bureau_close() has returned, and a text is still at work");
	give_words(ALL);
	bool closed = is_back(&porter, LATE);
	cr_assert(closed, "bureau_close() does not return, and all texts are translated");
	expect_nobody_here();
	int translated = early;
	enum bureau_answer answer = bureau_submit(bureau, &too_late);
	cr_assert_eq(answer, BUREAU_CLOSED, "the bureau was closed, and has accepted a text");
	release_and_leave(bureau);
	bureau = NULL;
	cr_assert_eq(first, BUREAU_ACCEPTED, "the bureau was open, and has refused a text");
	cr_assert_eq(translated, 1, "a text was accepted, and was translated %d times", translated);
	cr_assert_eq(too_late, 0, "a text was refused, and was translated");
	cr_assert_eq(house.keys, 1, "nobody holds the bureau, and gone() was called %d times", house.keys);
}

/* One waits for a place when the bureau is closed, and wakes up when the shelf is empty. */
static void refuse_who_wakes_up_late(struct bureau *bureau)
{
	fill(bureau);
	send(&late, submit_and_wake_late, bureau);
	schedule_await_blocked();
	cr_assert_not(is_back(&late, 0), "the bureau is open, the shelf is full, and an office does not wait");
	send(&porter, close_it, bureau);
	schedule_await_blocked();
	give_words(ALL);
	bool closed = is_back(&porter, LATE);
	schedule_reached(SHELF_IS_EMPTY);
	cr_assert(closed, "all texts are translated, and bureau_close() waits for somebody else");
	cr_assert(is_back(&late, LATE), "the bureau is closed, and an office waits there for a place");
	cr_assert_eq(late.answer, BUREAU_CLOSED, "the bureau was closed, and has accepted a text");
	bureau_release(bureau);
}

/* Many offices wait for a place on the shelf, and the porter for the translators. */
Test(bureau, refuses_who_still_waits, .timeout = 60)
{
	struct bureau *bureau = open_in_the_morning();

	fill(bureau);
	for (int i = 0; i < CROWD; i++)
		send(&crowd[i], submit, bureau);
	schedule_await_blocked();
	cr_assert_not(is_back(&crowd[0], 0), "the bureau is open, the shelf is full, and an office does not wait");
	send(&porter, close_it, bureau);
	schedule_await_blocked();
	for (int i = 0; i < CROWD; i++) {
		cr_assert(is_back(&crowd[i], 0), "the bureau is closed, and an office waits there for a place");
		cr_assert_eq(crowd[i].answer, BUREAU_CLOSED, "the bureau was closed, and has accepted a text");
	}
	send(&late, submit, bureau);
	schedule_await_blocked();
	cr_assert(is_back(&late, 0), "the bureau is closed, and does not say so at once");
	cr_assert_eq(late.answer, BUREAU_CLOSED, "the bureau was closed, and has accepted a text");
	cr_assert_eq(add(&house.translated, 0), 0, "a translator has not waited for his word");
	cr_assert_not(is_back(&porter, 0), "bureau_close() has returned, and texts are still on the shelf");
	give_words(FULL);
	cr_assert(is_back(&porter, LATE), "bureau_close() does not return, and all texts are translated");
	expect_nobody_here();
	expect_each_once();
	bureau_release(bureau);
	cr_assert_eq(house.translated, FULL, "%d texts were accepted, and %d translated", FULL, house.translated);
	cr_assert_eq(house.keys, 1, "nobody holds the bureau, and gone() was called %d times", house.keys);
	refuse_who_wakes_up_late(bureau_open(translate, give_back_the_keys, &house));
}

/* Two offices wait, and there is a place for one. There are two bureaus, and what becomes of one is nothing to the other. */
Test(bureau, gives_a_place_when_there_is_one, .timeout = 60)
{
	struct bureau *bureau = open_in_the_morning();
	struct bureau *other = bureau_open(translate, give_back_the_keys, &house);
	int text = 0;

	fill(bureau);
	send(&office, submit, bureau);
	send(&second, submit, bureau);
	schedule_await_blocked();
	give_words(1);
	schedule_await_blocked();
	bool first_is_back = is_back(&office, 0), second_is_back = is_back(&second, 0);
	cr_assert(first_is_back || second_is_back, "there is a place on the shelf, and two offices wait for one");
	cr_assert_not(first_is_back && second_is_back, "there was one place on the shelf, and two texts were accepted");
	give_words(ALL);
	cr_assert(is_back(first_is_back ? &second : &office, LATE),
		  "there is a place on the shelf, and an office waits for one");
	cr_assert(office.answer == BUREAU_ACCEPTED && second.answer == BUREAU_ACCEPTED,
		  "the bureau was open, and has refused a text");
	bureau_close(bureau);
	bureau_release(bureau);
	expect_each_once();
	cr_assert(office.texts[0] == 1 && second.texts[0] == 1,
		  "two texts were accepted, and translated %d and %d times", office.texts[0], second.texts[0]);
	cr_assert_eq(house.keys, 1, "nobody holds the bureau, and gone() was called %d times", house.keys);
	cr_assert_eq(bureau_submit(other, &text), BUREAU_ACCEPTED, "another bureau was closed, and this one refuses");
	bureau_close(other);
	bureau_release(other);
	cr_assert_eq(text, 1, "a text was accepted, and was translated %d times", text);
}

Test(bureau, belongs_to_its_last_holder, .timeout = 60)
{
	struct bureau *bureau = open_in_the_morning();

	send(&office, leave_last, bureau);
	send(&late, come_too_late, bureau);
	schedule_await_blocked(); /* both translators wait for a text: they are to be woken, both */
	send(&porter, close_it, bureau);
	cr_assert(is_back(&porter, LATE), "bureau_close() does not return, and there is nothing to do");
	REQUIRE(is_back(&office, LATE));
	schedule_reached(SO_HAS_ONE_MORE);
	cr_assert(is_back(&late, LATE), "the bureau is closed, and does not say so at once");
	cr_assert_eq(late.answer, BUREAU_CLOSED, "the bureau was closed, and has accepted a text");
	cr_assert_eq(house.keys, 0, "the bureau is gone, and somebody holds it");
	bureau_release(bureau);
	cr_assert_eq(house.keys, 1, "nobody holds the bureau, and gone() was called %d times", house.keys);
}

/* What one does between two steps of another: each is told of a point, which is reached before this lock. */
static void meet(struct step step, struct person *first, struct person *other)
{
	schedule_await_blocked();
	schedule_reached(step.point); /* where the other takes fewer locks */
	cr_assert(is_back(other, LATE) && is_back(first, LATE),
		  "two were in the bureau at a time, and one does not come back");
}

/* The porter closes when an office has begun to hand in a text. */
static void close_while_handing_in(struct step step)
{
	struct bureau *bureau = bureau_open(translate, give_back_the_keys, &house);

	send_at(step, &porter, close_it_then, bureau);
	schedule_await_blocked();
	send_at(step, &office, submit_in_steps, bureau);
	meet(step, &office, &porter);
	bureau_release(bureau);
	cr_assert_eq(office.texts[0], office.answer == BUREAU_ACCEPTED,
		     "a text was %s when the bureau was closed, and was translated %d times",
		     office.answer == BUREAU_ACCEPTED ? "accepted" : "refused", office.texts[0]);
}

/* The porter closes when a text has been translated, and the translator has not yet taken the next. */
static void close_while_translating(struct step step)
{
	struct bureau *bureau = bureau_open(translate, give_back_the_keys, &house);

	CHECK(pthread_mutex_lock(&house.lock));
	house.step = step;
	CHECK(pthread_mutex_unlock(&house.lock));
	send_at(step, &porter, close_it_then, bureau);
	schedule_await_blocked();
	send(&office, submit, bureau);
	meet(step, &office, &porter);
	bureau_release(bureau);
	cr_assert_eq(office.texts[0], 1, "a text was accepted, and was translated %d times", office.texts[0]);
}

/* The last two let go at a time. */
static void let_go_together(struct step step)
{
	struct bureau *bureau = bureau_open(translate, give_back_the_keys, &house);
	int before = add(&house.keys, 0);

	CHECK(sem_init(&has_let_go, 0, 0));
	bureau_close(bureau);
	send_at(step, &second, let_go_then, bureau);
	send_with(bureau, step, &office, let_go_in_steps);
	meet(step, &office, &second);
	CHECK(sem_destroy(&has_let_go));
	int keys = add(&house.keys, 0) - before;
	cr_assert_eq(keys, 1, "nobody holds the bureau, and gone() was called %d times", keys);
}

Test(bureau, is_one_thing_between_two_steps, .timeout = 60)
{
	int point = STEP;

	/* Here a wait ends when there is a signal, and one that has missed it does not end. */
	CHECK(pthread_key_create(&on_duty, goes_home));
	give_words(ALL);
	for (int lock = 1; lock <= STEPS; lock++) {
		close_while_handing_in((struct step){lock, point++});
		close_while_translating((struct step){lock, point++});
	}
	let_go_together((struct step){2, point});
}
