/*
 * Yours to fix. A try asks each mast with a thread. When the time is up it is
 * the next try's turn; those threads still wait for their masts.
 *
 * Promise   when wind_ask() tries again, and when it returns, nothing is left of its last try.
 * test      fails late_answers_reach_nobody, an_answer_ends_with_its_try
 * tsan      fires  data-race in ask_mast
 * helgrind  fires  Race in ask_mast, Race in expect_measured
 * budget    fires  threads in ask_mast, joined in ask_mast when threads <= 5, joined == started
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

struct question {
	int wire, *knots; /* where the answer goes; each mast has a place of its own */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int answers; /* in this try; guarded by lock */
} masts = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *ask_mast(void *arg)
{
	struct question *question = arg;
	int knots;
	bool answered = recv(question->wire, &knots, sizeof knots, MSG_WAITALL) == sizeof knots;

	if (answered)
		*question->knots = knots;
	close(question->wire);
	free(question);
	CHECK(pthread_mutex_lock(&masts.lock));
	masts.answers += answered;
	CHECK(pthread_cond_signal(&masts.changed));
	CHECK(pthread_mutex_unlock(&masts.lock));
	return NULL;
}

static bool ask_all(const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct timespec end = deadline_in(patience);
	pthread_t thread;

	CHECK(pthread_mutex_lock(&masts.lock));
	masts.answers = 0;
	CHECK(pthread_mutex_unlock(&masts.lock));
	for (int i = 0; i < WIND_MASTS; i++) {
		struct question *question = malloc(sizeof *question);
		HAVE(question);
		*question = (struct question){loopback_connect(ports[i]), &knots[i]};
		NEED(pthread_create(&thread, NULL, ask_mast, question));
		CHECK(pthread_detach(thread)); /* a mast that is iced up must not hold up the lift */
	}
	CHECK(pthread_mutex_lock(&masts.lock));
	while (masts.answers < WIND_MASTS && deadline_cond_wait(&masts.changed, &masts.lock, &end))
		;
	bool all = masts.answers >= WIND_MASTS;
	CHECK(pthread_mutex_unlock(&masts.lock));
	return all;
}

static void make_condition(void)
{
	deadline_cond_init(&masts.changed);
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	CHECK(pthread_once(&once, make_condition));
	for (int i = 0; i < WIND_TRIES; i++)
		if (ask_all(ports, patience[i], knots))
			return i + 1;
	return 0;
}
