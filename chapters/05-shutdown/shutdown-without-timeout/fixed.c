/*
 * A payment service. Shutdown waits for the payments in flight, then writes the
 * ledger. One payment hangs on a card processor that does not answer. Shutdown
 * waits no longer than its grace; then it cancels the payment and goes on.
 *
 * Promise   every payment that was accepted is in the ledger when the process ends.
 * Ends      holds: accepted 3, in the ledger 3
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum { PAYMENTS = 3, GRACE = 50, LAST_GRACE = 30000, A_DAY = 86400000 /* all in ms */ };
enum { PATIENCE_OVER, PROCESSOR_ANSWERS };

struct payment {
	char card[20];
	enum outcome { IN_FLIGHT, CHARGED, UNKNOWN } outcome; /* its handler's while in flight, then service_stop()'s */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t landed, closing;
	struct stop call_off;
	int in_flight, ledger; /* guarded by lock; the ledger is the number of payments on disk */
	bool closed;	       /* guarded by lock; the ledger is written */
	struct payment *payments;
} service = {.in_flight = PAYMENTS, .lock = PTHREAD_MUTEX_INITIALIZER, .closing = PTHREAD_COND_INITIALIZER};

static struct handler {
	pthread_t thread;
	struct payment *payment;
	bool hangs; /* its card processor does not answer */
} handlers[PAYMENTS] = {[PAYMENTS - 1] = {.hangs = true}};

static enum outcome charge(bool hangs)
{
	if (hangs && stop_wait(&service.call_off, A_DAY))
		return UNKNOWN; /* perhaps charged, perhaps not: to be asked again after the restart */
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
	deadline_cond_init(&service.landed);
	stop_init(&service.call_off);
	for (int i = 0; i < PAYMENTS; i++) {
		handlers[i].payment = &service.payments[i];
		NEED(pthread_create(&handlers[i].thread, NULL, handle, &handlers[i]));
	}
}

/* Needs the lock held. False if payments are still in flight after so many ms. */
static bool wait_landed(long patience)
{
	struct timespec end = deadline_in(patience);

	while (service.in_flight > 0 && deadline_cond_wait(&service.landed, &service.lock, &end))
		;
	return service.in_flight == 0;
}

static bool service_stop(void)
{
	CHECK(pthread_mutex_lock(&service.lock));
	if (!wait_landed(GRACE))
		stop_request(&service.call_off);
	bool landed = wait_landed(LAST_GRACE); /* if not, the payments are still their handlers' */
	for (int i = 0; landed && i < PAYMENTS; i++)
		service.ledger += service.payments[i].outcome != IN_FLIGHT;
	service.closed = landed;
	CHECK(pthread_cond_broadcast(&service.closing));
	CHECK(pthread_mutex_unlock(&service.lock));
	return landed;
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
	if (!service_stop())
		end_process(invariant(false, "payments still in flight"));
	schedule_reached(PATIENCE_OVER);
	CHECK(pthread_join(orchestrator, NULL));
	for (int i = 0; i < PAYMENTS; i++)
		CHECK(pthread_join(handlers[i].thread, NULL));
	free(service.payments);
	return invariant(service.ledger == PAYMENTS, "accepted %d, in the ledger %d", PAYMENTS, service.ledger);
}
