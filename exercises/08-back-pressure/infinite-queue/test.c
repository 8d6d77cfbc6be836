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
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { MANY = 3 * LAB_ROOM };

/* Guarded by lock, all of it. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int paper, printed, prints[MANY];
	int handed_in, taken, takes[MANY], answers[MANY]; /* answers[] in the order of the calls */
	bool back;					  /* the machine's thread has returned */
} shop = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void print(int photo)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	while (shop.paper == 0)
		CHECK(pthread_cond_wait(&shop.changed, &shop.lock));
	shop.paper--;
	shop.prints[shop.printed++ % MANY] = photo;
	gauge_add("in_lab", -1);
	CHECK(pthread_mutex_unlock(&shop.lock));
}

static void add_paper(int sheets)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.paper += sheets;
	CHECK(pthread_cond_broadcast(&shop.changed));
	CHECK(pthread_mutex_unlock(&shop.lock));
}

/* Hands in the next photo. */
static enum lab_answer take(void)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	int photo = shop.handed_in++;
	CHECK(pthread_mutex_unlock(&shop.lock));
	enum lab_answer answer = lab_submit(photo);

	if (answer == LAB_TAKEN)
		gauge_add("in_lab", 1);
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.answers[photo] = answer;
	if (answer == LAB_TAKEN)
		shop.takes[shop.taken++] = photo;
	CHECK(pthread_mutex_unlock(&shop.lock));
	return answer;
}

/* Hands in so many photos, as quickly as it can. It is a thread of its own: a lab may make it wait. */
static void *hand_in(void *photos)
{
	for (int i = 0; i < *(int *)photos; i++)
		take();
	CHECK(pthread_mutex_lock(&shop.lock));
	shop.back = true;
	CHECK(pthread_mutex_unlock(&shop.lock));
	return NULL;
}

static bool is_back(void)
{
	CHECK(pthread_mutex_lock(&shop.lock));
	bool back = shop.back;
	CHECK(pthread_mutex_unlock(&shop.lock));
	return back;
}

Test(lab, says_busy_when_full, .timeout = 60)
{
	static int photos = LAB_ROOM;
	pthread_t machine;

	lab_open(print);
	cr_assert_eq(take(), LAB_TAKEN);
	schedule_await_blocked(); /* the first photo is in the printer now, and stays there */
	CHECK(pthread_create(&machine, NULL, hand_in, &photos));
	schedule_await_blocked();
	bool waited = !is_back();
	add_paper(MANY);
	CHECK(pthread_join(machine, NULL));
	lab_close();
	cr_assert_not(waited, "lab_submit() waits for the printer");
	for (int i = 0; i < LAB_ROOM; i++)
		cr_assert_eq(shop.answers[i], LAB_TAKEN, "photo %d was not taken, and there was room", i + 1);
	cr_assert_eq(shop.answers[LAB_ROOM], LAB_BUSY,
		     "%d photos were taken and not printed, and the next was not refused", LAB_ROOM);
}

Test(lab, has_room_again, .timeout = 60)
{
	lab_open(print);
	for (int i = 0; i < LAB_ROOM; i++)
		cr_assert_eq(take(), LAB_TAKEN, "photo %d was not taken, and there was room", i + 1);
	for (int i = 0; i < LAB_ROOM; i++) {
		add_paper(1);
		schedule_await_blocked(); /* one has been printed, and the next waits for paper */
		cr_assert_eq(take(), LAB_TAKEN, "%d photos were printed, and there is room for %d only", i + 1, i);
	}
	add_paper(MANY);
	lab_close();
}

Test(lab, prints_what_it_took, .timeout = 60)
{
	static int photos = LAB_ROOM + 2;
	pthread_t machine;

	lab_open(print);
	CHECK(pthread_create(&machine, NULL, hand_in, &photos));
	schedule_await_blocked();
	add_paper(MANY);
	CHECK(pthread_join(machine, NULL));
	schedule_await_blocked(); /* all has been printed, and the printer waits for work */
	cr_assert_eq(take(), LAB_TAKEN, "a photo was not taken, and the lab is empty");
	lab_close();
	cr_assert_eq(shop.printed, shop.taken, "taken %d, printed %d", shop.taken, shop.printed);
	for (int i = 0; i < shop.taken; i++)
		cr_assert_eq(shop.prints[i], shop.takes[i], "the photos were not printed in the order of their coming");
	cr_assert_eq(take(), LAB_CLOSED, "a photo was handed in after the lab had closed");
}
