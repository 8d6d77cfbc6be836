/*
 * wind_ask() ends and joins the threads of all its tries, once it is done.
 *
 * Tempting  when it returns nothing of it is left, and a try costs no time for tidying up.
 * Refused   the test and the budget: "in the end" is after the pile. While it tries, each try adds three threads, and it is while
 *           the masts are slow that it tries most.
 * test      fails an_answer_ends_with_its_try
 * budget    fires  threads in ask_mast when threads <= 5, joined == started
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

struct
try {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int answers; /* guarded by lock */
	struct question {
		struct try *try;
		int wire, knots; /* knots: of the thread, and when it is joined, of ask_all() */
		pthread_t thread;
	} questions[WIND_MASTS];
};

static void *ask_mast(void *arg)
{
	struct question *question = arg;
	struct try *try = question->try;

	if (recv(question->wire, &question->knots, sizeof question->knots, MSG_WAITALL) != sizeof question->knots)
		return NULL;
	CHECK(pthread_mutex_lock(&try->lock));
	try->answers++;
	CHECK(pthread_cond_signal(&try->changed));
	CHECK(pthread_mutex_unlock(&try->lock));
	return NULL;
}

static bool ask_all(struct try *try, const int ports[WIND_MASTS], long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_init(&try->lock, NULL));
	deadline_cond_init(&try->changed);
	for (int i = 0; i < WIND_MASTS; i++) {
		try->questions[i] = (struct question){.try = try, .wire = loopback_connect(ports[i])};
		NEED(pthread_create(&try->questions[i].thread, NULL, ask_mast, &try->questions[i]));
	}
	CHECK(pthread_mutex_lock(&try->lock));
	while (try->answers < WIND_MASTS && deadline_cond_wait(&try->changed, &try->lock, &end))
		;
	bool all = try->answers == WIND_MASTS;
	CHECK(pthread_mutex_unlock(&try->lock));
	return all;
}

/* Nothing is left of it afterwards. */
static void finish(struct try *try)
{
	for (int i = 0; i < WIND_MASTS; i++) {
		shutdown(try->questions[i].wire, SHUT_RDWR);
		CHECK(pthread_join(try->questions[i].thread, NULL));
		close(try->questions[i].wire);
	}
	CHECK(pthread_cond_destroy(&try->changed));
	CHECK(pthread_mutex_destroy(&try->lock));
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	struct try tries[WIND_TRIES] = {{.answers = 0}};
	int count = 0;
	bool all = false;

	while (!all && count < WIND_TRIES) {
		all = ask_all(&tries[count], ports, patience[count]);
		count++;
	}
	for (int i = 0; i < count; i++)
		finish(&tries[i]);
	for (int i = 0; i < WIND_MASTS && all; i++)
		knots[i] = tries[count - 1].questions[i].knots;
	return all ? count : 0;
}
