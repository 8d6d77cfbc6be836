/*
 * Each try ends and joins its threads. Lock, condition and count are made once,
 * for the whole call, and who has answered in an earlier try has answered.
 *
 * Tempting  no thread and no connection is left over, and a mast that has told its wind need not tell it again.
 * Refused   the test: what is left of a try is its count. One old answer and two new ones make three, and the lift goes
 *           by the wind of two different moments: what it brings back are not the answers of one try.
 * test      fails an_answer_ends_with_its_try, an_answer_comes_in_halves
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

/* On the stack of wind_ask(), for all its tries. */
struct call {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int answers; /* guarded by lock */
};

/* On the stack of ask_all(): it can be, since no thread outlives the call. */
struct question {
	struct call *call;
	int wire, knots; /* of the thread, and when it is joined, of ask_all() */
	bool answered;	 /* likewise */
	pthread_t thread;
};

static void *ask_mast(void *arg)
{
	struct question *question = arg;
	struct call *call = question->call;

	if (recv(question->wire, &question->knots, sizeof question->knots, MSG_WAITALL) != sizeof question->knots)
		return NULL;
	question->answered = true;
	CHECK(pthread_mutex_lock(&call->lock));
	call->answers++;
	CHECK(pthread_cond_signal(&call->changed));
	CHECK(pthread_mutex_unlock(&call->lock));
	return NULL;
}

/* Asks every mast, with threads that have ended when it returns. */
static bool ask_all(struct call *call, const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct timespec end = deadline_in(patience);
	struct question questions[WIND_MASTS];

	for (int i = 0; i < WIND_MASTS; i++) {
		questions[i] = (struct question){.call = call, .wire = loopback_connect(ports[i])};
		NEED(pthread_create(&questions[i].thread, NULL, ask_mast, &questions[i]));
	}
	CHECK(pthread_mutex_lock(&call->lock));
	while (call->answers < WIND_MASTS && deadline_cond_wait(&call->changed, &call->lock, &end))
		;
	CHECK(pthread_mutex_unlock(&call->lock));
	for (int i = 0; i < WIND_MASTS; i++) {
		shutdown(questions[i].wire, SHUT_RDWR);
		CHECK(pthread_join(questions[i].thread, NULL));
		close(questions[i].wire);
		if (questions[i].answered)
			knots[i] = questions[i].knots;
	}
	return call->answers >= WIND_MASTS;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	struct call call = {.lock = PTHREAD_MUTEX_INITIALIZER};
	int number = 0;

	deadline_cond_init(&call.changed);
	for (int i = 0; i < WIND_TRIES && !number; i++)
		if (ask_all(&call, ports, patience[i], knots))
			number = i + 1;
	CHECK(pthread_cond_destroy(&call.changed));
	CHECK(pthread_mutex_destroy(&call.lock));
	return number;
}
