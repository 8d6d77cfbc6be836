/*
 * What letters.h promises, seen from outside. next_letter() fills in a letter
 * when all threads wait, so that each of them has looked at its own: a thread
 * that shares it with the loop is not right by that, but only has had luck. The
 * test reads the counts without their lock, on purpose: letters_send() promises
 * that all threads have ended.
 */
#include "letters.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum {
	LETTERS = LETTERS_ROOM, /* so that no fewer places than that are enough */
	PATIENCE = 15000	/* ms: only a letter that another one waits for takes that long */
};

static int given;	 /* by next_letter(); only touched by the thread that sends */
static pthread_t sender; /* who has called letters_send() */

static struct {
	pthread_mutex_t lock;
	/* by patient, from 1 on; guarded by lock */
	int printed[LETTERS + 1], enveloped[LETTERS + 1];
	/* This patient's result is in another one's envelope. Of nobody, 0: the thread had printed none. */
	int mixed_up[LETTERS + 1];
	int by_others; /* calls of next_letter() by another thread than the one that sends */
} counts = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void count(int counter[], int patient)
{
	CHECK(pthread_mutex_lock(&counts.lock));
	counter[patient]++;
	CHECK(pthread_mutex_unlock(&counts.lock));
}

static struct {
	pthread_mutex_t lock;
	pthread_cond_t all_begun;
	int begun;    /* letters that are at a printer, or were; guarded by lock */
	bool in_vain; /* guarded by lock: a letter was printed to the end before the next one was begun */
} printers = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool next_letter(struct letter *letter)
{
	schedule_await_blocked();
	if (!pthread_equal(pthread_self(), sender))
		count(&counts.by_others, 0);
	if (given == LETTERS)
		return false;
	letter->patient = ++given;
	snprintf(letter->result, sizeof letter->result, "result of patient %d", letter->patient);
	return true;
}

/* Of the letter that this thread has printed. */
static _Thread_local struct letter sheet;

static void print(const struct letter *letter)
{
	sheet = *letter;
	count(counts.printed, sheet.patient);
}

/* A printer that is not done before all letters are being printed. */
static void print_slowly(const struct letter *letter)
{
	struct timespec end = deadline_in(PATIENCE);

	print(letter);
	CHECK(pthread_mutex_lock(&printers.lock));
	if (++printers.begun == LETTERS)
		CHECK(pthread_cond_broadcast(&printers.all_begun));
	int seen = printers.begun;
	while (printers.begun < LETTERS && !printers.in_vain)
		if (!deadline_cond_wait(&printers.all_begun, &printers.lock, &end)) {
			printers.in_vain |= printers.begun == seen; /* else there are new ones, and it is only slow */
			seen = printers.begun;
			end = deadline_in(PATIENCE);
		}
	CHECK(pthread_mutex_unlock(&printers.lock));
}

static void envelope(const struct letter *letter)
{
	count(counts.enveloped, letter->patient);
	if (sheet.patient != letter->patient || strcmp(sheet.result, letter->result) != 0)
		count(counts.mixed_up, sheet.patient);
}

static const struct post slow_post = {next_letter, print_slowly, envelope};

static int send_all(void)
{
	schedule_wake_in_vain();
	deadline_cond_init(&printers.all_begun);
	sender = pthread_self();
	return letters_send(&slow_post);
}

Test(letters, every_letter_goes_to_its_patient, .timeout = 60)
{
	cr_assert_eq(send_all(), LETTERS);
	cr_assert_eq(counts.by_others, 0, "next() was called by another thread than the one that sends");
	cr_assert_eq(counts.mixed_up[0], 0, "a thread has addressed an envelope, and printed nothing");
	for (int i = 1; i <= LETTERS; i++) {
		cr_assert_eq(counts.mixed_up[i], 0, "the result of patient %d is in another one's envelope", i);
		cr_assert_eq(counts.printed[i], 1, "the result of patient %d was not printed once", i);
		cr_assert_eq(counts.enveloped[i], 1, "patient %d did not get one letter", i);
	}
}

Test(letters, a_letter_waits_for_no_other, .timeout = 60)
{
	send_all();
	CHECK(pthread_mutex_lock(&printers.lock));
	bool in_vain = printers.in_vain;
	CHECK(pthread_mutex_unlock(&printers.lock));
	cr_assert_not(in_vain, "while one letter is printed, the next one does not come");
}

static bool no_letter(struct letter *letter)
{
	(void)letter;
	return false;
}

Test(letters, an_empty_post, .timeout = 60)
{
	static const struct post empty = {no_letter, print, envelope};

	cr_assert_eq(letters_send(&empty), 0);
}
