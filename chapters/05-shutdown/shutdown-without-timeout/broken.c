/*
 * A payment service. Shutdown waits for the payments in flight, then writes the
 * ledger. One payment hangs on a card processor that does not answer. The
 * orchestrator loses patience, and ends the process in the middle of the wait.
 * Here it is a thread, and _exit() stands for its SIGKILL: both end all threads
 * at once, and run nothing of the program.
 *
 * Promise   every payment that was accepted is in the ledger when the process ends.
 * Ends      broken: accepted 3, in the ledger 0
 * tsan      blind  all accesses are ordered, and a thread that still runs at the end is none of its business
 * helgrind  blind  all accesses are ordered
 * drd       blind  all accesses are ordered
 * memcheck  blind  no memory is used after it was freed; what is lost was never written
 * budget    fires  threads-at-exit in handle, joined in handle
 *           when threads at exit <= 1, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { PAYMENTS = 3 };
enum { PATIENCE_OVER, PROCESSOR_ANSWERS /* never */ };

struct payment {
	char card[20];
	enum outcome { IN_FLIGHT, CHARGED } outcome; /* its handler's while in flight, then service_stop()'s */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t landed, closing;
	int in_flight, ledger; /* guarded by lock; the ledger is the number of payments on disk */
	bool closed;	       /* guarded by lock; the ledger is written */
	struct payment *payments;
} service = {.in_flight = PAYMENTS,
	     .lock = PTHREAD_MUTEX_INITIALIZER,
	     .landed = PTHREAD_COND_INITIALIZER,
	     .closing = PTHREAD_COND_INITIALIZER};

static struct handler {
	pthread_t thread;
	struct payment *payment;
	bool hangs; /* its card processor does not answer */
} handlers[PAYMENTS] = {[PAYMENTS - 1] = {.hangs = true}};

static enum outcome charge(bool hangs)
{
	if (hangs)
		schedule_await(PROCESSOR_ANSWERS);
	return CHARGED;
}

static void *handle(void *arg)
{
	struct handler *self = arg;

	self->payment->outcome = charge(self->hangs);
	CHECK(pthread_mutex_lock(&service.lock));
	service.in_flight--;
	CHECK(pthread_cond_signal(&service.landed));
	while (!service.closed) /* it is kept for the next payment */
		CHECK(pthread_cond_wait(&service.closing, &service.lock));
	CHECK(pthread_mutex_unlock(&service.lock));
	return NULL;
}

static void service_start(void)
{
	service.payments = calloc(PAYMENTS, sizeof *service.payments);
	HAVE(service.payments);
	for (int i = 0; i < PAYMENTS; i++) {
		handlers[i].payment = &service.payments[i];
		NEED(pthread_create(&handlers[i].thread, NULL, handle, &handlers[i]));
	}
}

/* Needs the lock held. */
static void wait_landed(void)
{
	while (service.in_flight > 0) {
		/* The processor neither answers nor hangs up. From here on only the orchestrator's clock moves. */
		if (service.in_flight == 1)
			schedule_reached(PATIENCE_OVER);
		CHECK(pthread_cond_wait(&service.landed, &service.lock));
	}
}

static void service_stop(void)
{
	CHECK(pthread_mutex_lock(&service.lock));
	wait_landed();
	for (int i = 0; i < PAYMENTS; i++)
		service.ledger += service.payments[i].outcome != IN_FLIGHT;
	service.closed = true;
	CHECK(pthread_cond_broadcast(&service.closing));
	CHECK(pthread_mutex_unlock(&service.lock));
}

static void *orchestrate(void *arg)
{
	schedule_await(PATIENCE_OVER);
	CHECK(pthread_mutex_lock(&service.lock));
	bool closed = service.closed;
	int ledger = service.ledger;
	CHECK(pthread_mutex_unlock(&service.lock));
	if (!closed)
		end_process(invariant(false, "accepted %d, in the ledger %d", PAYMENTS, ledger));
	return arg;
}

int main(void)
{
	pthread_t orchestrator;

	service_start();
	NEED(pthread_create(&orchestrator, NULL, orchestrate, NULL));
	service_stop();
	schedule_reached(PATIENCE_OVER);
	CHECK(pthread_join(orchestrator, NULL));
	for (int i = 0; i < PAYMENTS; i++)
		CHECK(pthread_join(handlers[i].thread, NULL));
	free(service.payments);
	return invariant(service.ledger == PAYMENTS, "accepted %d, in the ledger %d", PAYMENTS, service.ledger);
}
