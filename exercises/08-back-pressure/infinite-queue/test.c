/*
 * What lab.h promises, seen from outside. The printer of these tests prints
 * only while its tray has paper, so that the lab is full for as long as a test
 * likes, however fast or slow the machine is.
 */
#include "lab.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { MANY = 3 * LAB_ROOM };
enum { ROUNDS = 2 };
enum { LATE = 8000 /* ms: when a test stops waiting for a call that does not return; no right one is near it */ };
/* What is tested may use the points before these. */
enum { COMES_IN = 8 /* and one for each number of a lock */, PRINTED = SCHEDULE_POINTS - 2, CLOSED };

/* Guarded by lock, all of it. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed, returned;
	int paper, printed, prints[MANY];
	int taken, takes[MANY];
	int printing, back; /* calls of print() at work; machines that have returned */
	bool at_a_time;	    /* two photos were in the printer */
	bool by_a_caller;   /* a photo was printed by a thread that has called the lab */
	bool holds;	    /* the printer stops when it takes a lock after the next photo */
} shop = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static _Thread_local bool calls_the_lab;

static void print(int photo)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.by_a_caller |= calls_the_lab;
	shop.at_a_time |= shop.printing++ > 0;
	while (shop.paper == 0)
		CHECK(pthread_cond_wait(&shop.changed, &shop.lock));
	shop.printing--;
	shop.paper--;
	shop.prints[shop.printed++ % MANY] = photo;
	gauge_add("in_lab", -1);
	bool holds = shop.holds;
	shop.holds = false;
	CHECK(pthread_mutex_unlock(&shop.lock));
	if (holds)
		schedule_reached_in_lock(PRINTED);
}

static void add_paper(int sheets)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.paper += sheets;
	CHECK(pthread_cond_broadcast(&shop.changed));
	CHECK(pthread_mutex_unlock(&shop.lock));
}

static void take_paper_out(void)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.paper = 0;
	CHECK(pthread_mutex_unlock(&shop.lock));
}

/* Needs no lock before the call: nothing here orders a photo of one machine with those of another. */
static enum lab_answer take(int photo)
{
	calls_the_lab = true;
	enum lab_answer answer = lab_submit(photo);

	if (answer == LAB_TAKEN)
		gauge_add("in_lab", 1);
	CHECK(pthread_mutex_lock(&shop.lock));
	if (answer == LAB_TAKEN)
		shop.takes[shop.taken++] = photo;
	CHECK(pthread_mutex_unlock(&shop.lock));
	return answer;
}

/* A machine, and how many photos it is given. It is a thread of its own: a lab may make it wait. */
struct machine {
	pthread_t thread;
	int first, photos;
	int lock;		/* where another machine comes in between; 0: nowhere */
	enum lab_answer answer; /* the last one; of the thread, and of who has joined it */
	bool back;		/* guarded by the shop's lock */
};

/* Hands them in, as quickly as it can. */
static void *hand_in(void *arg)
{
	struct machine *machine = arg;

	for (int i = 0; i < machine->photos; i++)
		machine->answer = take(machine->first + i);
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.back++;
	machine->back = true;
	CHECK(pthread_cond_broadcast(&shop.returned));
	CHECK(pthread_mutex_unlock(&shop.lock));
	return NULL;
}

/* Whether the machine has handed in all its photos before it is late. If not, there is paper for everything. Joins it. */
static bool ends_in_time(struct machine *machine)
{
	struct timespec end = deadline_in(LATE);

	CHECK(pthread_mutex_lock(&shop.lock));
	while (!machine->back && deadline_cond_wait(&shop.returned, &shop.lock, &end))
		;
	bool in_time = machine->back;
	CHECK(pthread_mutex_unlock(&shop.lock));
	if (!in_time)
		add_paper(MANY);
	CHECK(pthread_join(machine->thread, NULL));
	return in_time;
}

/* One photo. Fails the test if the call does not return. */
static enum lab_answer take_in_time(int photo)
{
	struct machine machine = {.first = photo, .photos = 1};

	CHECK(pthread_create(&machine.thread, NULL, hand_in, &machine));
	cr_assert(ends_in_time(&machine), "lab_submit() waits for the printer");
	return machine.answer;
}

static void open_lab(void)
{
	deadline_cond_init(&shop.returned);
	lab_open(print);
}

static int back(void)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	int machines = shop.back;
	CHECK(pthread_mutex_unlock(&shop.lock));
	return machines;
}

static void *close_lab(void *arg)
{
	calls_the_lab = true;
	lab_close();
	return arg;
}

/* Closes the lab while the photo in the printer waits for paper. */
static void close_while_printing(void)
{
	pthread_t closer;

	schedule_await_blocked(); /* there is one in the printer */
	CHECK(pthread_create(&closer, NULL, close_lab, NULL));
	schedule_await_blocked();
	add_paper(MANY);
	CHECK(pthread_join(closer, NULL));
}

/* Fails the test unless all is printed that was taken. */
static void compare(void)
{
	cr_assert_eq(shop.printed, shop.taken, "taken %d, printed %d", shop.taken, shop.printed);
	cr_assert_not(shop.at_a_time, "two photos were printed at a time, and there is one printer");
	cr_assert_not(shop.by_a_caller, "a photo was printed by a thread that has called the lab");
}

static void close_and_compare(void)
{
	close_while_printing();
	compare();
}

/* For photos that were handed in one after the other. */
static void compare_order(void)
{
	for (int i = 0; i < shop.taken; i++)
		cr_assert_eq(shop.prints[i], shop.takes[i], "the photos were not printed in the order of their coming");
}

Test(lab, says_busy_when_full, .timeout = 60)
{
	/* However they come, there is a place for a photo of either, and not for all. */
	static struct machine machines[] = {{.first = 1, .photos = LAB_ROOM - 2},
					    {.first = MANY, .photos = LAB_ROOM - 2}};

	open_lab();
	cr_assert_eq(take_in_time(0), LAB_TAKEN);
	schedule_await_blocked();     /* the first photo is in the printer now, and stays there */
	for (int i = 0; i < 2; i++) { /* one after the other in time, and in nothing else */
		CHECK(pthread_create(&machines[i].thread, NULL, hand_in, &machines[i]));
		schedule_await_blocked();
	}
	bool waited = back() < 2;
	add_paper(MANY);
	for (int i = 0; i < 2; i++)
		waited = !ends_in_time(&machines[i]) || waited;
	int taken = shop.taken;
	close_and_compare();
	cr_assert_not(waited, "lab_submit() waits for the printer");
	cr_assert_eq(taken, LAB_ROOM, "%d photos were taken and none printed, and it should be %d", taken, LAB_ROOM);
}

/* Comes when the printer has a lock, if it takes one. A machine that waits for a lock, a moment, does not wait for a photo. */
static void *come_when_printed(void *answer)
{
	schedule_await(PRINTED);
	*(enum lab_answer *)answer = take(MANY);
	return NULL;
}

/* Returns what the answer is in a lab that is empty, or nearly so. */
static enum lab_answer meet_the_printer(void)
{
	enum lab_answer answer;
	pthread_t machine;

	shop.holds = true;
	CHECK(pthread_create(&machine, NULL, come_when_printed, &answer));
	take_in_time(MANY + 1);
	add_paper(2);
	schedule_await_blocked();
	schedule_reached(PRINTED);
	CHECK(pthread_join(machine, NULL));
	schedule_await_blocked();
	return answer;
}

Test(lab, has_room_again, .timeout = 60)
{
	open_lab();
	cr_assert_eq(meet_the_printer(), LAB_TAKEN,
		     "a photo was not taken, and there was room: somebody had a lock for a moment");
	for (int i = 0; i < LAB_ROOM; i++) /* any int is a photo */
		cr_assert_eq(take_in_time(-i), LAB_TAKEN, "photo %d was not taken, and there was room", i + 1);
	for (int i = 0; i < LAB_ROOM; i++) {
		add_paper(1);
		schedule_await_blocked(); /* one has been printed, and the next waits for paper */
		cr_assert_eq(take_in_time(LAB_ROOM + i), LAB_TAKEN,
			     "%d photos were printed, and there is room for %d only", i + 1, i);
	}
	close_and_compare();
	compare_order();
}

/* Hands in a photo, and before it takes its second lock, or a later one, another machine does so too. */
static void *begin_first(void *arg)
{
	struct machine *machine = arg;
	int point = COMES_IN + machine->lock;

	schedule_reached_before_lock(machine->lock, point);
	hand_in(machine);
	schedule_reached(point); /* where it takes fewer locks */
	return NULL;
}

static void *come_in(void *arg)
{
	struct machine *machine = arg;

	schedule_await(COMES_IN + machine->lock);
	return hand_in(machine);
}

/* Returns how many photos of these two machines are taken. Fails the test if one of them does not return. */
static int hand_in_at_once(int lock)
{
	struct machine first = {.first = 2 * lock, .photos = 1, .lock = lock};
	struct machine second = {.first = 2 * lock + 1, .photos = 1, .lock = lock};

	CHECK(pthread_create(&first.thread, NULL, begin_first, &first));
	CHECK(pthread_create(&second.thread, NULL, come_in, &second));
	schedule_await_blocked();
	add_paper(1); /* one is printed, and the next waits for paper */
	bool in_time = ends_in_time(&first);
	in_time = ends_in_time(&second) && in_time;
	cr_assert(in_time, "lab_submit() waits for the printer");
	return (first.answer == LAB_TAKEN) + (second.answer == LAB_TAKEN);
}

/* There is room for one: to look at the room and to take it is one step. */
Test(lab, gives_the_last_place_once, .timeout = 60)
{
	int taken = 1;

	open_lab();
	for (int i = MANY - 1; shop.taken < LAB_ROOM - 1; i--)
		take_in_time(i);
	for (int number = 2; number < 2 + ROUNDS && taken == 1; number++) {
		taken = hand_in_at_once(number);
		schedule_await_blocked();
	}
	close_and_compare();
	cr_assert_eq(taken, 1, "two machines came at a time, there was room for one photo, and %d were taken", taken);
}

/* Comes after the close in time; that it sees the close, the lab itself must see to. */
static void *come_late(void *answer)
{
	schedule_await(CLOSED);
	*(enum lab_answer *)answer = take(MANY + 1);
	return NULL;
}

Test(lab, prints_what_it_took, .timeout = 60)
{
	static struct machine machine = {.photos = LAB_ROOM + 2};
	enum lab_answer answer;
	pthread_t late;

	schedule_wake_in_vain();
	open_lab();
	CHECK(pthread_create(&machine.thread, NULL, hand_in, &machine));
	schedule_await_blocked();
	add_paper(LAB_ROOM + 2); /* for all of them, whatever a lab takes */
	bool in_time = ends_in_time(&machine);
	schedule_await_blocked(); /* all has been printed, and the printer waits for work */
	take_paper_out();
	cr_assert_eq(take_in_time(MANY), LAB_TAKEN, "a photo was not taken, and the lab is empty");
	CHECK(pthread_create(&late, NULL, come_late, &answer));
	close_while_printing();
	schedule_reached(CLOSED);
	CHECK(pthread_join(late, NULL));
	compare();
	compare_order();
	cr_assert(in_time, "lab_submit() waits for the printer");
	cr_assert_eq(answer, LAB_CLOSED, "a photo was handed in after the lab had closed");
}
