/*
 * The books belong to the worker, and nobody else sees them. It works on a
 * draft; when the transfer is made, the draft becomes the books. When it fails,
 * the draft goes with the failure, and there is nothing to tidy up.
 *
 * The clerk answers for the reports. It has the last whole state, its own copy,
 * and learns of a new one as of a question: by a message. While the worker is at
 * the bank, the clerk still answers.
 *
 * Promise   a report is the state between two transfers, and of a failed one nothing is left.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1, joined == started
 */
#include "ledger.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { ORDERS = 64 };

struct order {
	int from, to;
	long amount;
};

/* To the clerk. */
struct message {
	struct report state; /* a new one, if this is not a question */
	struct question {
		struct report answer;
		bool answered; /* guarded by the ledger's lock; until then all of it is the clerk's */
	} * question;
};

struct ledger {
	struct report books; /* the worker's */
	ledger_approve *approve;
	void *context;
	struct queue orders;
	pthread_t worker;
	struct report state; /* the clerk's */
	struct queue desk;
	pthread_t clerk;
	pthread_mutex_t lock; /* guards whether a question is answered, and outlives every question */
	pthread_cond_t answered;
};

static void tell(struct ledger *ledger, const struct report *state, struct question *question)
{
	struct message *message = calloc(1, sizeof *message);

	HAVE(message);
	if (state)
		message->state = *state;
	message->question = question;
	REQUIRE(queue_put(&ledger->desk, message));
}

static void answer(struct ledger *ledger, struct question *question)
{
	CHECK(pthread_mutex_lock(&ledger->lock));
	question->answer = ledger->state;
	question->answered = true;
	CHECK(pthread_cond_broadcast(&ledger->answered));
	CHECK(pthread_mutex_unlock(&ledger->lock));
}

static void *keep_desk(void *arg)
{
	struct ledger *ledger = arg;
	void *item;

	while (queue_take(&ledger->desk, &item)) {
		struct message *message = item;
		if (message->question) {
			answer(ledger, message->question);
		} else {
			ledger->state = message->state;
		}
		free(message);
	}
	return NULL;
}

static int transfer(struct ledger *ledger, const struct order *order)
{
	struct report draft = ledger->books;

	draft.balance[order->from] -= order->amount;
	int error = ledger->approve(ledger->context, order->from, order->to, order->amount);
	if (error)
		return error;
	draft.balance[order->to] += order->amount;
	draft.done++;
	ledger->books = draft;
	tell(ledger, &ledger->books, NULL);
	return 0;
}

/* Returns 0 when there are no more orders, an error number when it has failed. */
static int work(struct ledger *ledger)
{
	void *item;
	int error = 0;

	while (!error && queue_take(&ledger->orders, &item)) {
		struct order order = *(struct order *)item;
		free(item);
		error = transfer(ledger, &order);
	}
	return error;
}

static void *supervise(void *arg)
{
	struct ledger *ledger = arg;

	while (work(ledger) != 0) {
		ledger->books.failed++;
		tell(ledger, &ledger->books, NULL);
	}
	return NULL;
}

struct ledger *ledger_open(const long balance[LEDGER_STALLS], ledger_approve *approve, void *context)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);

	HAVE(ledger);
	memcpy(ledger->books.balance, balance, sizeof ledger->books.balance);
	ledger->state = ledger->books;
	ledger->approve = approve;
	ledger->context = context;
	queue_init(&ledger->orders, ORDERS);
	queue_init(&ledger->desk, ORDERS);
	CHECK(pthread_mutex_init(&ledger->lock, NULL));
	CHECK(pthread_cond_init(&ledger->answered, NULL));
	NEED(pthread_create(&ledger->clerk, NULL, keep_desk, ledger));
	NEED(pthread_create(&ledger->worker, NULL, supervise, ledger));
	return ledger;
}

void ledger_transfer(struct ledger *ledger, int from, int to, long amount)
{
	struct order *order = malloc(sizeof *order);

	HAVE(order);
	*order = (struct order){from, to, amount};
	REQUIRE(queue_put(&ledger->orders, order));
}

struct report ledger_report(struct ledger *ledger)
{
	struct question question = {.answered = false};

	tell(ledger, NULL, &question);
	CHECK(pthread_mutex_lock(&ledger->lock));
	while (!question.answered)
		CHECK(pthread_cond_wait(&ledger->answered, &ledger->lock));
	CHECK(pthread_mutex_unlock(&ledger->lock));
	return question.answer;
}

void ledger_close(struct ledger *ledger)
{
	/* The worker has something to tell the clerk until it has ended. */
	queue_close(&ledger->orders);
	CHECK(pthread_join(ledger->worker, NULL));
	queue_close(&ledger->desk);
	CHECK(pthread_join(ledger->clerk, NULL));
	CHECK(pthread_cond_destroy(&ledger->answered));
	CHECK(pthread_mutex_destroy(&ledger->lock));
	queue_destroy(&ledger->desk);
	queue_destroy(&ledger->orders);
	free(ledger);
}
