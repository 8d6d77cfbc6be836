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

/* Of next_letter(); only touched by the thread that sends. */
static int given, letters = LETTERS; /* so far; in all */
static pthread_t sender;	     /* who has called letters_send() */

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
	pthread_cond_t changed;
	int begun;     /* letters that are at a printer, or were; guarded by lock */
	int enveloped; /* letters; guarded by lock */
	bool in_vain; /* guarded by lock: a letter was printed to the end before those that it must not wait for were */
} printers = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool next_letter(struct letter *letter)
{
	schedule_await_blocked();
	if (!pthread_equal(pthread_self(), sender))
		count(&counts.by_others, 0);
	if (given == letters)
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

/* Needs the lock held. Waits until `begun` letters are at a printer, or were, and `enveloped` in an envelope. */
static void await_letters(int begun, int enveloped)
{
	struct timespec end = deadline_in(PATIENCE);
	int seen = printers.begun + printers.enveloped;

	while ((printers.begun < begun || printers.enveloped < enveloped) && !printers.in_vain)
		if (!deadline_cond_wait(&printers.changed, &printers.lock, &end)) {
			int now = printers.begun + printers.enveloped;
			printers.in_vain |= now == seen; /* else there are new ones, and it is only slow */
			seen = now;
			end = deadline_in(PATIENCE);
		}
}

/* A printer that is not done before all letters are being printed; with the first one, before all others are enveloped. */
static void print_slowly(const struct letter *letter)
{
	print(letter);
	CHECK(pthread_mutex_lock(&printers.lock));
	if (++printers.begun == LETTERS)
		CHECK(pthread_cond_broadcast(&printers.changed));
	await_letters(LETTERS, sheet.patient == 1 ? LETTERS - 1 : 0);
	CHECK(pthread_mutex_unlock(&printers.lock));
}

static void envelope(const struct letter *letter)
{
	CHECK(pthread_mutex_lock(&printers.lock));
	if (++printers.enveloped == LETTERS - 1)
		CHECK(pthread_cond_broadcast(&printers.changed));
	CHECK(pthread_mutex_unlock(&printers.lock));
	count(counts.enveloped, letter->patient);
	if (sheet.patient != letter->patient || strcmp(sheet.result, letter->result) != 0)
		count(counts.mixed_up, sheet.patient);
}

static const struct post slow_post = {next_letter, print_slowly, envelope};

static int send_all(void)
{
	schedule_wake_in_vain();
	deadline_cond_init(&printers.changed);
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
	cr_assert_not(in_vain, "while one letter is printed, another one is not, or does not get into its envelope");
}

Test(letters, an_empty_post, .timeout = 60)
{
	static const struct post two = {next_letter, print, envelope};

	letters = 2;
	sender = pthread_self();
	cr_assert_eq(letters_send(&two), 2);
	cr_assert_eq(letters_send(&two), 0, "a post with no letter follows one with two");
	cr_assert_eq(printers.enveloped, 2, "two letters were sent, and then none, and %d are in an envelope",
		     printers.enveloped);
}
