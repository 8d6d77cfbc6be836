/* What the programs call of chapters/kit, each as a whole: what it does inside is not the program's. See tracer.h. */
#include "tracer.h"

#include <stddef.h>
#include <time.h>

struct queue;
struct gate;
struct stop;

/* The linker's names. */
#define WRAPPED(result, name, ...)                                                                                     \
	result __real_##name(__VA_ARGS__);                                                                             \
	result __wrap_##name(__VA_ARGS__);

WRAPPED(void, schedule_reached, int point)
WRAPPED(void, schedule_await, int point)
WRAPPED(void, schedule_leaving, int point)
WRAPPED(void, schedule_await_gone, int point)
WRAPPED(void, schedule_await_blocked, void)
WRAPPED(void, gate_open, struct gate *gate)
WRAPPED(void, gate_wait, struct gate *gate)
WRAPPED(void, stop_request, struct stop *stop)
WRAPPED(bool, stop_wait, struct stop *stop, long milliseconds)
WRAPPED(bool, queue_put, struct queue *queue, void *item)
WRAPPED(bool, queue_offer, struct queue *queue, void *item)
WRAPPED(bool, queue_take, struct queue *queue, void **item)
WRAPPED(bool, queue_poll, struct queue *queue, void **item)
WRAPPED(void, queue_close, struct queue *queue)

static const void *object_of(int point)
{
	return (const void *)(intptr_t)point;
}

/* --- the schedule --- */

void __wrap_schedule_reached(int point)
{
	tracer_record(RECORD_REACH, object_of(point), 0, FRAME);
	__real_schedule_reached(point);
}

void __wrap_schedule_await(int point)
{
	tracer_record(RECORD_AWAIT, object_of(point), 0, FRAME);
	__real_schedule_await(point);
	tracer_record(RECORD_AWAITED, object_of(point), 0, FRAME);
}

void __wrap_schedule_leaving(int point)
{
	tracer_record(RECORD_REACH, object_of(point), 0, FRAME);
	__real_schedule_leaving(point);
}

void __wrap_schedule_await_gone(int point)
{
	tracer_record(RECORD_GONE_WAIT, object_of(point), 0, FRAME);
	__real_schedule_await_gone(point);
	tracer_record(RECORD_GONE, object_of(point), 0, FRAME);
}

void __wrap_schedule_await_blocked(void)
{
	tracer_record(RECORD_BLOCKED_WAIT, NULL, 0, FRAME);
	__real_schedule_await_blocked();
	tracer_record(RECORD_BLOCKED, NULL, 0, FRAME);
}

/* --- gates and stops --- */

void __wrap_gate_open(struct gate *gate)
{
	tracer_record_named(RECORD_KIT_OPEN, gate, 0, "gate", FRAME);
	tracer_enter();
	__real_gate_open(gate);
	tracer_leave();
}

void __wrap_gate_wait(struct gate *gate)
{
	tracer_record_named(RECORD_KIT_WAIT, gate, 0, "gate", FRAME);
	tracer_enter();
	__real_gate_wait(gate);
	tracer_leave();
	tracer_record_named(RECORD_KIT_GO, gate, 0, "gate", FRAME);
}

void __wrap_stop_request(struct stop *stop)
{
	tracer_record_named(RECORD_KIT_OPEN, stop, 0, "stop", FRAME);
	tracer_enter();
	__real_stop_request(stop);
	tracer_leave();
}

bool __wrap_stop_wait(struct stop *stop, long milliseconds)
{
	tracer_record_named(RECORD_KIT_WAIT, stop, 0, "stop", FRAME);
	tracer_enter();
	bool requested = __real_stop_wait(stop, milliseconds);
	tracer_leave();
	/* -1: its time has passed, and nobody has ended the wait. */
	tracer_record_named(RECORD_KIT_GO, stop, requested ? 0 : -1, "stop", FRAME);
	return requested;
}

/* --- queues --- */

bool __wrap_queue_put(struct queue *queue, void *item)
{
	tracer_record_named(RECORD_KIT_PUT, queue, (int64_t)(intptr_t)item, "queue", FRAME);
	tracer_enter();
	bool put = __real_queue_put(queue, item);
	tracer_leave();
	return put;
}

bool __wrap_queue_offer(struct queue *queue, void *item)
{
	tracer_record_named(RECORD_KIT_PUT, queue, (int64_t)(intptr_t)item, "queue", FRAME);
	tracer_enter();
	bool put = __real_queue_offer(queue, item);
	tracer_leave();
	return put;
}

bool __wrap_queue_take(struct queue *queue, void **item)
{
	tracer_record_named(RECORD_KIT_WAIT, queue, 0, "queue", FRAME);
	tracer_enter();
	bool took = __real_queue_take(queue, item);
	tracer_leave();
	tracer_record_named(RECORD_KIT_GO, queue, took ? (int64_t)(intptr_t)*item : 0, "queue", FRAME);
	return took;
}

bool __wrap_queue_poll(struct queue *queue, void **item)
{
	tracer_enter();
	bool took = __real_queue_poll(queue, item);
	tracer_leave();
	return took;
}

void __wrap_queue_close(struct queue *queue)
{
	tracer_record_named(RECORD_KIT_OPEN, queue, 0, "queue", FRAME);
	tracer_enter();
	__real_queue_close(queue);
	tracer_leave();
}

/* --- gauges: weak in kit/gauge.h, as the budget's monitor has them --- */

void loose_gauge_add(const char *name, long amount);
void loose_gauge_set(const char *name, long value);

void loose_gauge_add(const char *name, long amount)
{
	tracer_record_named(RECORD_GAUGE_ADD, NULL, amount, name, FRAME);
}

void loose_gauge_set(const char *name, long value)
{
	tracer_record_named(RECORD_GAUGE, NULL, value, name, FRAME);
}
